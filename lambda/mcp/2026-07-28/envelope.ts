/**
 * The `_meta` that MCP 2026-07-28 requires on every request (Request Metadata): the version and the client's
 * capabilities. Checked by hand, since a poll must load neither zod nor the SDK; the tests of bad input compare the
 * verdicts with the SDK's.
 */
import { readMeta } from '../call-meta.ts';
import { CODE, Refusal } from '../failure.ts';
import { getOwn, isObject, type JsonObject, META_KEYS, type RpcRequest } from '../rpc.ts';

/** The only revision of this dialect. */
export const REVISION_2026_07_28 = '2026-07-28';

/** Whether a revision has the envelope: this one and later ones. Revisions are dates, so text order is time order. */
export const hasEnvelope = (version: string): boolean => version >= REVISION_2026_07_28;

/** Whether a message claims to have an envelope: by the version key alone, whatever its value. */
export const hasVersionKey = (message: { readonly params?: unknown }): boolean => {
  const meta = readMeta(message);
  return meta !== undefined && Object.hasOwn(meta, META_KEYS.protocolVersion);
};

/** Whether a message has a valid envelope, of this revision or a later one. */
export function hasValidEnvelope(message: { readonly params?: unknown }): boolean {
  const meta = readMeta(message);
  if (meta === undefined || !hasVersionKey(message) || findMetaProblems(meta).length > 0) return false;
  return hasEnvelope(getOwn(meta, META_KEYS.protocolVersion) as string);
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
export function readEnvelope(request: RpcRequest): Envelope {
  const meta = readMeta(request) ?? {};
  const [problem] = findMetaProblems(meta);
  if (problem)
    throw new Refusal(400, CODE.invalidParams, `Invalid _meta: ${problem.key}: ${problem.problem}`, {
      envelope: problem,
    });
  return {
    version: getOwn(meta, META_KEYS.protocolVersion) as string,
    capabilities: getOwn(meta, META_KEYS.clientCapabilities) as JsonObject,
  };
}

interface EnvelopeProblem {
  readonly key: string;
  readonly problem: string;
}

type MetaCheck = (value: unknown, key: string) => EnvelopeProblem[];

const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

function findMetaProblems(meta: JsonObject): EnvelopeProblem[] {
  const required: EnvelopeProblem[] = [META_KEYS.protocolVersion, META_KEYS.clientCapabilities].flatMap((key) =>
    Object.hasOwn(meta, key) ? [] : [{ key, problem: 'missing' }],
  );
  if (required.length > 0) return required;
  return [
    ...expectString(getOwn(meta, META_KEYS.protocolVersion), META_KEYS.protocolVersion),
    ...expectCapabilities(getOwn(meta, META_KEYS.clientCapabilities), META_KEYS.clientCapabilities),
    ...expectOptional(expectClientInfo)(getOwn(meta, META_KEYS.clientInfo), META_KEYS.clientInfo),
    ...expectOptional(expectOneOf(LOG_LEVELS))(getOwn(meta, META_KEYS.logLevel), META_KEYS.logLevel),
  ];
}

const reportUnexpected = (key: string, expected: string): EnvelopeProblem[] => [
  { key, problem: `expected ${expected}` },
];
const expectString: MetaCheck = (value, key) => (typeof value === 'string' ? [] : reportUnexpected(key, 'a string'));
const expectBoolean: MetaCheck = (value, key) => (typeof value === 'boolean' ? [] : reportUnexpected(key, 'a boolean'));
const expectObject: MetaCheck = (value, key) => (isObject(value) ? [] : reportUnexpected(key, 'an object'));
const expectOneOf =
  (values: readonly string[]): MetaCheck =>
  (value, key) =>
    values.includes(value as string) ? [] : reportUnexpected(key, `one of ${values.join(', ')}`);
const expectOptional =
  (check: MetaCheck): MetaCheck =>
  (value, key) =>
    value === undefined ? [] : check(value, key);
const expectEach =
  (check: MetaCheck): MetaCheck =>
  (value, key) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => check(item, `${key}.${name}`))
      : expectObject(value, key);
const expectList =
  (check: MetaCheck): MetaCheck =>
  (value, key) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => check(item, `${key}.${index}`))
      : reportUnexpected(key, 'a list');
/** An object whose listed members pass their checks; unknown members are ignored. */
const expectShape =
  (members: Readonly<Record<string, MetaCheck>>): MetaCheck =>
  (value, key) =>
    isObject(value)
      ? Object.entries(members).flatMap(([name, check]) => check(getOwn(value, name), `${key}.${name}`))
      : expectObject(value, key);

const expectIcon = expectShape({
  src: expectString,
  mimeType: expectOptional(expectString),
  sizes: expectOptional(expectList(expectString)),
  theme: expectOptional(expectOneOf(['light', 'dark'])),
});
const expectClientInfo = expectShape({
  name: expectString,
  version: expectString,
  title: expectOptional(expectString),
  description: expectOptional(expectString),
  websiteUrl: expectOptional(expectString),
  icons: expectOptional(expectList(expectIcon)),
});
const expectCapabilities = expectShape({
  experimental: expectOptional(expectEach(expectObject)),
  extensions: expectOptional(expectEach(expectObject)),
  elicitation: expectOptional(
    expectShape({
      form: expectOptional(expectShape({ applyDefaults: expectOptional(expectBoolean) })),
      url: expectOptional(expectObject),
    }),
  ),
  sampling: expectOptional(expectShape({ context: expectOptional(expectObject), tools: expectOptional(expectObject) })),
  roots: expectOptional(expectShape({ listChanged: expectOptional(expectBoolean) })),
});
