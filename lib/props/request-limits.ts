/** What one request may bring: bounds that hold before anything is written, each with an error that names it. */
import { Token } from 'aws-cdk-lib/core';

/** Props of the construct about requests. */
export interface RequestProps {
  /**
   * How large a request, and what is in it, may be.
   *
   * @default - the default of each limit
   */
  readonly requestLimits?: RequestLimits;
}

/** Upper bounds of one request. */
export interface RequestLimits {
  /**
   * Bytes of a body; more is refused with 413. At most 4 MiB: what Lambda takes, less what Base64 adds.
   *
   * @default 1048576
   */
  readonly bytes?: number;

  /**
   * How deep its JSON may be nested; more is refused with 400 and -32700. At most 500, where schema libraries begin
   * to run out of stack.
   *
   * @default 100
   */
  readonly depth?: number;

  /**
   * How many JSON values and keys it may have: each is work for the schemas of the tools. More is refused with 400
   * and -32700.
   *
   * @default 100000
   */
  readonly values?: number;

  /**
   * Characters of a JSON-RPC id and of a progress token, which are said again with each answer; more is refused with
   * 400 and -32600. (Task ids, cursors and idempotency keys have lengths of their own, which are not for choice.)
   *
   * @default 256
   */
  readonly idLength?: number;

  /**
   * Bytes of JSON of the answer to one question of a task; more is refused with -32602, and the question stays open.
   *
   * @default 262144
   */
  readonly inputBytes?: number;
}

/** The variable of each limit, and the most that it can be. */
const REQUEST_LIMITS = {
  bytes: { variable: 'MAX_BODY_BYTES', most: 4_194_304 },
  depth: { variable: 'MAX_BODY_DEPTH', most: 500 },
  values: { variable: 'MAX_BODY_VALUES', most: 4_194_304 },
  idLength: { variable: 'MAX_ID_LENGTH', most: 4_096 },
  inputBytes: { variable: 'MAX_INPUT_BYTES', most: 4_194_304 },
} as const;

const REQUEST_LIMIT_ENTRIES = Object.entries(REQUEST_LIMITS) as [
  keyof RequestLimits,
  (typeof REQUEST_LIMITS)[keyof RequestLimits],
][];

/** What the function that answers requests is told of them: nothing where nothing is said. */
export const buildRequestEnvironment = ({ requestLimits = {} }: RequestProps): Record<string, string> =>
  Object.fromEntries(
    REQUEST_LIMIT_ENTRIES.flatMap(([name, { variable }]) => {
      const limit = requestLimits[name];
      return limit === undefined ? [] : [[variable, String(limit)]];
    }),
  );

export function* findRequestProblems({ requestLimits = {} }: RequestProps): Iterable<string> {
  for (const [name, { most }] of REQUEST_LIMIT_ENTRIES) {
    const limit = requestLimits[name];
    if (limit === undefined || Token.isUnresolved(limit)) continue;
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > most)
      yield `requestLimits.${name} is ${limit}: it has to be a whole number from 1 to ${most}.`;
  }
}
