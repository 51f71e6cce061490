/** Limits of one request: props and checks. They hold before anything is written, each with an error that names it. */
import { Token } from 'aws-cdk-lib/core';
import { VARIABLES } from '../../lambda/variables.ts';

/** How large a request may be. */
export interface RequestProps {
  /**
   * How large a request, and what is in it, may be.
   *
   * @default - the default of each limit
   */
  readonly requestLimits?: RequestLimits;
}

/** Limits of one request. The defaults are those of the API function, which hold where a limit is not set. */
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
   * Characters of a JSON-RPC id and of a progress token, which every response repeats; more is refused with 400 and
   * -32600. (Task ids, cursors and idempotency keys have fixed lengths, which are not configurable.)
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

/** The variable of each limit, and its largest value. */
const REQUEST_LIMITS = {
  bytes: { variable: VARIABLES.maxBodyBytes, max: 4_194_304 },
  depth: { variable: VARIABLES.maxBodyDepth, max: 500 },
  values: { variable: VARIABLES.maxBodyValues, max: 4_194_304 },
  idLength: { variable: VARIABLES.maxIdLength, max: 4_096 },
  inputBytes: { variable: VARIABLES.maxInputBytes, max: 4_194_304 },
} as const satisfies Record<keyof RequestLimits, { variable: string; max: number }>;

const REQUEST_LIMIT_ENTRIES = Object.entries(REQUEST_LIMITS) as [
  keyof RequestLimits,
  (typeof REQUEST_LIMITS)[keyof RequestLimits],
][];

/** The limits as variables of the function that answers requests; one that is not set has none. */
export const buildRequestEnvironment = ({ requestLimits = {} }: RequestProps): Record<string, string> =>
  Object.fromEntries(
    REQUEST_LIMIT_ENTRIES.flatMap(([name, { variable }]) => {
      const limit = requestLimits[name];
      return limit === undefined ? [] : [[variable, String(limit)]];
    }),
  );

export function* findRequestProblems({ requestLimits = {} }: RequestProps): Iterable<string> {
  for (const [name, { max }] of REQUEST_LIMIT_ENTRIES) {
    const limit = requestLimits[name];
    if (limit === undefined || Token.isUnresolved(limit)) continue;
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > max)
      yield `requestLimits.${name} is ${limit}: it must be an integer from 1 to ${max}.`;
  }
}
