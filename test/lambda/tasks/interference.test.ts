import { randomUUID } from 'node:crypto';
import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { exists, heldByRun } from '../../../lambda/tasks/conditions.ts';
import {
  buildContractRow,
  buildKeyRow,
  buildTestEntry,
  buildTouch,
  NOW,
  toKey,
} from '../../../lambda/tasks/contract/rows.ts';
import { DynamoTaskStore } from '../../../lambda/tasks/dynamodb/index.ts';
import { createLongTimeoutClient, createTaskTable, getDynamoDbEndpoint } from '../../support/dynamodb.ts';

const $metadata = {};
const createConflict = () => new TransactionConflictException({ message: 'conflict', $metadata });
const createCancellation = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
    $metadata,
  });

/** Conflicts and throttling never happen on DynamoDB Local, so they are put in the way of its real answers. */
describe('a write of the DynamoDB store that meets others', () => {
  const table = 'interference';
  beforeAll(() => createTaskTable(getDynamoDbEndpoint(), table));

  /** A store whose next write requests fail with these errors before they are sent. */
  const storeMeeting = (...errors: Error[]) => {
    const client: DynamoDBDocumentClient = createLongTimeoutClient();
    let requests = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName !== 'GetItemCommand') {
          requests++;
          const error = errors.shift();
          if (error) throw error;
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    return { store: new DynamoTaskStore({ client, table, pauses: [0, 0, 0] }), requests: () => requests };
  };

  test('is retried after a conflict with a transaction', async () => {
    const { store, requests } = storeMeeting(createConflict(), createConflict(), createConflict());
    const row = buildContractRow();
    expect(await store.insert(row)).toMatchObject({ done: true });
    expect(requests()).toBe(4);
  });

  test('is retried as an update too', async () => {
    const row = buildContractRow();
    await storeMeeting().store.insert(row);
    const { store } = storeMeeting(createConflict());
    expect(await store.update(buildTouch(row, { when: [exists] }))).toMatchObject({ done: true });
  });

  test('gives up when the conflict stays', async () => {
    const { store, requests } = storeMeeting(createConflict(), createConflict(), createConflict(), createConflict());
    await expect(store.insert(buildContractRow())).rejects.toThrow(TransactionConflictException);
    expect(requests()).toBe(4);
  });

  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is tried again as a transaction cancelled for %s',
    async (code) => {
      const row = buildContractRow({ run: 'mine' });
      await storeMeeting().store.insert(row);
      const { store, requests } = storeMeeting(createCancellation(code, 'None'), createCancellation('None', code));
      const change = buildTouch(row, { when: [heldByRun('mine')] });
      expect(await store.record(change, buildTestEntry(row), randomUUID())).toMatchObject({ done: true });
      expect(requests()).toBe(3);
    },
  );

  test('is retried as a create with an idempotency key', async () => {
    const row = buildContractRow();
    const { store } = storeMeeting(createCancellation('None', 'TransactionConflict'));
    expect(await store.insertOnce(row, buildKeyRow(row), NOW)).toMatchObject({ done: true });
  });

  test('is refused by a failed condition, whatever else was in its way', async () => {
    const row = buildContractRow({ run: 'theirs' });
    await storeMeeting().store.insert(row);
    const { store, requests } = storeMeeting(createCancellation('ConditionalCheckFailed', 'TransactionConflict'));
    expect(await store.record(buildTouch(row), buildTestEntry(row), randomUUID())).toEqual({ done: false });
    expect(requests()).toBe(1);
  });

  test('fails with the database’s error when nothing better is known', async () => {
    const throttled = new ProvisionedThroughputExceededException({ message: 'too many', $metadata });
    const { store } = storeMeeting(throttled, createCancellation('ValidationError', 'None'));
    await expect(store.insert(buildContractRow())).rejects.toBe(throttled);
    const row = buildContractRow();
    await expect(store.insertOnce(row, buildKeyRow(row), NOW)).rejects.toThrow(TransactionCanceledException);
    expect(await store.read(toKey(row))).toBeUndefined();
  });
});
