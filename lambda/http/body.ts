/** The body of a request: checked for size, depth and number of values, then parsed. */
import { CODE, Refusal } from '../mcp/failure.ts';
import type { HttpRequest } from '../mcp/request.ts';

/** Longest body accepted (bytes), unless configured otherwise. */
export const MAX_BODY_BYTES = 1_048_576;

/** The limits of a body. */
export interface BodyLimits {
  readonly bytes: number;
  /** Brackets open at the same time. */
  readonly depth: number;
  /** JSON values, keys included: validators visit, and may report, each one. */
  readonly values: number;
}

/** Deepest nesting accepted: validators and serializers recurse over a body and must not run out of stack. */
export const MAX_BODY_DEPTH = 100;

/** Most values accepted: a validator takes about 0.1 s for 100,000. */
export const MAX_BODY_VALUES = 100_000;

/** @throws Refusal 413 for a body over the limit, 400 -32700 for one that is not JSON */
export function parseBody(request: HttpRequest, limits: BodyLimits): unknown {
  const text = readBodyText(request, limits.bytes);
  const excess = findExcess(text, limits);
  if (excess === 'depth') throw refuseBody(`it is nested more than ${limits.depth} deep`);
  if (excess === 'values') throw refuseBody(`it has more than ${limits.values} values`);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold secrets.
    throw refuseBody('it is not JSON');
  }
}

const refuseBody = (why: string): Refusal => new Refusal(400, CODE.parseError, `The body cannot be parsed: ${why}.`);

function readBodyText({ body, isBase64 }: HttpRequest, maxBytes: number): string {
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

/** The limit that a JSON text exceeds, found before it is parsed; brackets and commas within strings do not count. */
export function findExcess(text: string, limits: Omit<BodyLimits, 'bytes'>): 'depth' | 'values' | undefined {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === BACKSLASH) at += 1;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) inString = true;
    else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
      depth += 1;
      if (depth > limits.depth) return 'depth';
    } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) depth -= 1;
    else if (char === COMMA || char === COLON) {
      values += 1;
      if (values > limits.values) return 'values';
    }
  }
  return undefined;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
