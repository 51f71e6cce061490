/** The one place where an error becomes a JSON-RPC error and an HTTP status. */
import {
  AnswerTooLarge,
  IdempotencyConflict,
  IdempotencyUnsupported,
  QuotaExceeded,
  TaskNotFound,
  Unavailable,
} from '../engine/errors.ts';
import type { RpcError } from '../tasks/record.ts';
import { ProtocolError } from '../tool/errors.ts';
import { CODE, Refusal } from './failure.ts';

/** Our own codes, outside the range -32768 to -32000 that JSON-RPC and MCP reserve. */
export const OWN_CODE = { quotaExceeded: -31001, idempotencyConflict: -31002, idempotencyUnsupported: -31003 } as const;

/** How an error is reported to a caller. */
export interface ErrorReply {
  readonly status: number;
  readonly error: RpcError;
  readonly headers?: Readonly<Record<string, string>>;
  /** The server is at fault: an operator must see the error itself, the caller must not. */
  readonly fault?: true;
}

/** The request is fine: the same one may succeed in a moment. */
const BUSY_REPLY: ErrorReply = {
  status: 503,
  error: { code: CODE.internalError, message: 'The server is busy: try again.' },
  headers: { 'retry-after': '1' },
  fault: true,
};

/** Names and codes of the errors that AWS clients throw, after their own retries, for a service that is slow, busy or unreachable. */
const OUTAGE_NAMES = new Set([
  'TimeoutError',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
  'SlowDown',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
]);

function isOutage(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { $fault, code } = thrown as { $fault?: unknown; code?: unknown };
  return $fault === 'server' || OUTAGE_NAMES.has(thrown.name) || (typeof code === 'string' && OUTAGE_NAMES.has(code));
}

type ErrorRule = readonly [new (...args: never[]) => Error, (error: never) => ErrorReply];

/**
 * Statuses follow MCP 2026-07-28: errors of a dispatched method are in band (200), except for a missing client
 * capability, which is always 400.
 */
const ERROR_RULES: readonly ErrorRule[] = [
  [
    Refusal,
    (error: Refusal) => ({
      status: error.status,
      error: toRpcError(error),
      ...(error.headers && { headers: error.headers }),
    }),
  ],
  [TaskNotFound, ({ message }: Error) => ({ status: 200, error: { code: CODE.invalidParams, message } })],
  [
    AnswerTooLarge,
    ({ message, limit }: AnswerTooLarge) => ({
      status: 200,
      error: { code: CODE.invalidParams, message, data: { limit } },
    }),
  ],
  [
    QuotaExceeded,
    ({ message, limit }: QuotaExceeded) => ({
      status: 200,
      error: { code: OWN_CODE.quotaExceeded, message, data: { limit } },
    }),
  ],
  [
    IdempotencyConflict,
    ({ message }: Error) => ({ status: 200, error: { code: OWN_CODE.idempotencyConflict, message } }),
  ],
  [
    IdempotencyUnsupported,
    ({ message }: Error) => ({ status: 200, error: { code: OWN_CODE.idempotencyUnsupported, message } }),
  ],
  [Unavailable, () => BUSY_REPLY],
  [ProtocolError, (error: ProtocolError) => toRpcErrorReply(error.toRpcError())],
];

/** How a caller learns of whatever was thrown: a rule of the table, an outage (503), or a bare 500. */
export function toErrorReply(thrown: unknown): ErrorReply {
  for (const [kind, rule] of ERROR_RULES) if (thrown instanceof kind) return rule(thrown as never);
  if (isOutage(thrown)) return BUSY_REPLY;
  return { status: 500, error: { code: CODE.internalError, message: 'Internal error' }, fault: true };
}

/** The reply for a JSON-RPC error with which a tool's run ended. */
export const toRpcErrorReply = (error: RpcError): ErrorReply => ({
  status: error.code === CODE.missingClientCapability ? 400 : 200,
  error,
});

const toRpcError = ({ code, message, data }: Refusal): RpcError => ({
  code,
  message,
  ...(data !== undefined && { data }),
});
