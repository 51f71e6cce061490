import { createHash } from 'node:crypto';

/** A transaction's idempotency token as DynamoDB takes it: at most 36 characters, so longer ones are hashed. */
export const toRequestToken = (token: string): string =>
  token.length <= 36 ? token : createHash('sha256').update(token).digest('hex').slice(0, 36);
