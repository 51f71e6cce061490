/** What DynamoDB's errors mean for a conditional write. */
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** A condition failed; `item` is the item that was there. */
export interface ConditionFailure {
  readonly item?: Record<string, unknown>;
}

/** Items in errors are in wire form, even from the document client. */
function buildConditionFailure(item: Parameters<typeof unmarshall>[0] | undefined): ConditionFailure {
  return item ? { item: unmarshall(item) } : {};
}

/** The failed condition behind the error of a single write; other errors are thrown again. */
export function toConditionFailure(error: unknown): ConditionFailure {
  if (error instanceof ConditionalCheckFailedException) return buildConditionFailure(error.Item);
  throw error;
}

/** How the condition of each write of a cancelled transaction failed, if it did; other errors are thrown again. */
export function toConditionFailures(error: unknown): readonly (ConditionFailure | undefined)[] {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  const failures = reasons.map(({ Code, Item }) =>
    Code === 'ConditionalCheckFailed' ? buildConditionFailure(Item) : undefined,
  );
  if (!failures.some((failure) => failure)) throw error;
  return failures;
}

/** Reasons for which DynamoDB cancels a transaction that may succeed a moment later. */
const TRANSIENT_CODES = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Whether a write met another one, or too many, and may succeed a moment later. The SDK does not retry these: a single
 * write that meets a transaction, and a transaction cancelled because of a conflict or load.
 */
export function isTransientError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'TransactionConflictException') return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
  return (
    codes.some((code) => TRANSIENT_CODES.has(code)) &&
    codes.every((code) => code === 'None' || TRANSIENT_CODES.has(code))
  );
}
