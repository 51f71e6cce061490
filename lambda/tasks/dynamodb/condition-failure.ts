/** What DynamoDB's errors mean for a conditional write. */
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** A condition failed; `item` is what stood there. */
export interface ConditionFailure {
  readonly item?: Record<string, unknown>;
}

/** Items in errors stay in wire form, through the document client too. */
const buildConditionFailure = (item: Parameters<typeof unmarshall>[0] | undefined): ConditionFailure =>
  item ? { item: unmarshall(item) } : {};

/** The refusal that an error of a single write stands for; other errors are thrown again. */
export const toConditionFailure = (error: unknown): ConditionFailure => {
  if (error instanceof ConditionalCheckFailedException) return buildConditionFailure(error.Item);
  throw error;
};

/** For each write of a cancelled transaction, how its condition failed; other errors are thrown again. */
export const toConditionFailures = (error: unknown): readonly (ConditionFailure | undefined)[] => {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  const refusals = reasons.map(({ Code, Item }) =>
    Code === 'ConditionalCheckFailed' ? buildConditionFailure(Item) : undefined,
  );
  if (!refusals.some((refusal) => refusal)) throw error;
  return refusals;
};

/** Reasons for which DynamoDB cancels a transaction that may succeed a moment later. */
const TRANSIENT_CODES = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Whether a write met another one, or too many, and may succeed a moment later. The SDK tries these no second
 * time: a single write that meets a transaction, and a transaction cancelled for a conflict or for load.
 */
export const isTransientError = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error.name === 'TransactionConflictException') return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
  return (
    codes.some((code) => TRANSIENT_CODES.has(code)) &&
    codes.every((code) => code === 'None' || TRANSIENT_CODES.has(code))
  );
};
