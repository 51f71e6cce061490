/** The body of a request: bounded in size and depth, then parsed. */
import { CODE, Refusal } from '../mcp/failure.ts';
import type { HttpRequest } from './event.ts';

/** Longest body accepted (bytes), unless configured otherwise. */
export const MAX_BODY_BYTES = 1_048_576;

/** Deepest nesting accepted: what recurses over a body later on (validators, serializers) must not run out of stack. */
export const MAX_DEPTH = 100;

/** @throws Refusal 413 for a body over the limit, 400 -32700 for one that is not JSON */
export function parseBody(request: HttpRequest, maxBytes: number): unknown {
  const text = textOf(request, maxBytes);
  if (isDeeperThan(text, MAX_DEPTH)) throw notJson(`it is nested more than ${MAX_DEPTH} deep`);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold what must not be repeated.
    throw notJson('it is not JSON');
  }
}

const notJson = (why: string): Refusal => new Refusal(400, CODE.parseError, `The body cannot be parsed: ${why}.`);

function textOf({ body, isBase64 }: HttpRequest, maxBytes: number): string {
  const tooLarge = new Refusal(413, CODE.transport, `The body is larger than ${maxBytes} bytes.`);
  if (!isBase64) {
    if (Buffer.byteLength(body) > maxBytes) throw tooLarge;
    return body;
  }
  if (Math.floor((body.length * 3) / 4) - 2 > maxBytes) throw tooLarge;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.length > maxBytes) throw tooLarge;
  return new TextDecoder().decode(bytes);
}

/** Whether JSON text opens more brackets than this at once, those within strings not counted. */
export function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === BACKSLASH) at += 1;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) inString = true;
    else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) depth -= 1;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
