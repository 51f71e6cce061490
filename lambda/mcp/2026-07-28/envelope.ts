/**
 * The `_meta` that MCP 2026-07-28 wants on every request (Request Metadata): which version, and what the client
 * can do. Checked by hand, since a poll must load neither zod nor the SDK; the test of bad input holds it
 * against the SDK's own verdict.
 */
import { CODE, Refusal } from '../failure.ts';
import { isObject, type JsonObject, META, own, type RpcRequest } from '../rpc.ts';

/** The only revision of this dialect. */
export const PROTOCOL_VERSION = '2026-07-28';

/** A revision from the first one that has the envelope on: revisions are dates, so text order is time order. */
export const hasEnvelope = (version: string): boolean => version >= PROTOCOL_VERSION;

/** The `_meta` object of a message, if it has one. */
export function metaOf(message: { readonly params?: unknown }): JsonObject | undefined {
  const meta = isObject(message.params) ? own(message.params, '_meta') : undefined;
  return isObject(meta) ? meta : undefined;
}

/** Whether a message claims to be of this mechanism: by the version key alone, whatever its value. */
export const claims = (message: { readonly params?: unknown }): boolean => {
  const meta = metaOf(message);
  return meta !== undefined && Object.hasOwn(meta, META.protocolVersion);
};

/** Whether a message claims this mechanism with an envelope that is valid, for this revision or a later one. */
export function claimsValidly(message: { readonly params?: unknown }): boolean {
  const meta = metaOf(message);
  if (meta === undefined || !claims(message) || problems(meta).length > 0) return false;
  return hasEnvelope(own(meta, META.protocolVersion) as string);
}

/** A valid envelope. */
export interface Envelope {
  readonly version: string;
  readonly capabilities: JsonObject;
}

/**
 * The envelope of a request that claims one.
 * @throws Refusal 400 -32602 naming the first key that is missing or malformed
 */
export function envelopeOf(request: RpcRequest): Envelope {
  const meta = metaOf(request) ?? {};
  const [problem] = problems(meta);
  if (problem)
    throw new Refusal(400, CODE.invalidParams, `Invalid _meta: ${problem.key}: ${problem.problem}`, {
      envelope: problem,
    });
  return {
    version: own(meta, META.protocolVersion) as string,
    capabilities: own(meta, META.clientCapabilities) as JsonObject,
  };
}

interface Problem {
  readonly key: string;
  readonly problem: string;
}

type Check = (value: unknown, key: string) => Problem[];

const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

function problems(meta: JsonObject): Problem[] {
  const required: Problem[] = [META.protocolVersion, META.clientCapabilities].flatMap((key) =>
    Object.hasOwn(meta, key) ? [] : [{ key, problem: 'missing' }],
  );
  if (required.length > 0) return required;
  return [
    ...string(own(meta, META.protocolVersion), META.protocolVersion),
    ...capabilities(own(meta, META.clientCapabilities), META.clientCapabilities),
    ...optional(clientInfo)(own(meta, META.clientInfo), META.clientInfo),
    ...optional(oneOf(LOG_LEVELS))(own(meta, META.logLevel), META.logLevel),
  ];
}

const wrong = (key: string, expected: string): Problem[] => [{ key, problem: `expected ${expected}` }];
const string: Check = (value, key) => (typeof value === 'string' ? [] : wrong(key, 'a string'));
const boolean: Check = (value, key) => (typeof value === 'boolean' ? [] : wrong(key, 'a boolean'));
const object: Check = (value, key) => (isObject(value) ? [] : wrong(key, 'an object'));
const oneOf =
  (values: readonly string[]): Check =>
  (value, key) =>
    values.includes(value as string) ? [] : wrong(key, `one of ${values.join(', ')}`);
const optional =
  (check: Check): Check =>
  (value, key) =>
    value === undefined ? [] : check(value, key);
const each =
  (check: Check): Check =>
  (value, key) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => check(item, `${key}.${name}`))
      : object(value, key);
const list =
  (check: Check): Check =>
  (value, key) =>
    Array.isArray(value) ? value.flatMap((item, index) => check(item, `${key}.${index}`)) : wrong(key, 'a list');
/** An object whose named members, where present, pass their checks; other members are nobody's business here. */
const shape =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, key) =>
    isObject(value)
      ? Object.entries(members).flatMap(([name, check]) => check(own(value, name), `${key}.${name}`))
      : object(value, key);

const icon = shape({
  src: string,
  mimeType: optional(string),
  sizes: optional(list(string)),
  theme: optional(oneOf(['light', 'dark'])),
});
const clientInfo = shape({
  name: string,
  version: string,
  title: optional(string),
  description: optional(string),
  websiteUrl: optional(string),
  icons: optional(list(icon)),
});
const capabilities = shape({
  experimental: optional(each(object)),
  extensions: optional(each(object)),
  elicitation: optional(shape({ form: optional(shape({ applyDefaults: optional(boolean) })), url: optional(object) })),
  sampling: optional(shape({ context: optional(object), tools: optional(object) })),
  roots: optional(shape({ listChanged: optional(boolean) })),
});
