/**
 * The fixture: what version 0.1.0 left in the table, in the queue, in the payload folder and in the hands of its
 * clients. It was taken from that version as it ran, on DynamoDB Local and an SQS emulator, and is frozen: a later
 * version that stores something else gets its own file next to this one.
 */
import { readFileSync } from 'node:fs';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A message as it was sent: the members of SQS's `SendMessage`. */
export interface StoredMessage {
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly DelaySeconds?: number;
}

/** One task, or one call, as it was left. */
export interface Left {
  /** The state in words. */
  readonly is: string;
  /** The task's id; of a call, where it is known. */
  readonly id: string;
  /** Items of the table, as DynamoDB has them on the wire. */
  readonly items: readonly Readonly<Record<string, AttributeValue>>[];
  /** What was in the queue. */
  readonly messages: readonly StoredMessage[];
  /** Files of the payload folder, by name. */
  readonly payloads: Readonly<Record<string, string>>;
  /** What clients and outside systems had been given, to bring it back. */
  readonly given: Readonly<Record<string, string>>;
}

export interface Fixture {
  /** Version of the package that stored all this. */
  readonly version: string;
  /** When it was left (ms since the epoch). */
  readonly storedAt: number;
  readonly sealingSecret: string;
  readonly left: Readonly<Record<string, Left>>;
}

export const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../../../fixtures/stored/0.1.0.json', import.meta.url), 'utf8'),
);
