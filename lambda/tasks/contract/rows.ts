/** Rows for the suite. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { JournalEntry, TaskKey, TaskRow } from '../record.ts';
import type { Change, IdempotencyRow, TaskStore } from '../store.ts';

/** The store under test, once it has been created. */
export type GetStore = () => TaskStore;

/** A partition that no other test uses. */
export const createPartition = (): string => `owner#${randomUUID()}`;

/** A task that has just been created. */
export const buildContractRow = (overrides: Partial<TaskRow> = {}): TaskRow => ({
  partition: createPartition(),
  id: `task-${randomUUID()}`,
  v: 1,
  generation: 1,
  failures: 0,
  maxFailures: 3,
  revision: 0,
  entries: 0,
  nonce: randomUUID(),
  status: 'working',
  createdAt: 1_000,
  lastUpdatedAt: 1_000,
  phaseAt: 1_000,
  expiresAt: 90_000,
  retentionMs: 60_000,
  ttl: 150,
  tool: 'profile',
  arguments: '{"dataset":"cars"}',
  era: '2026-07-28',
  capabilities: { form: true },
  poll: { min: 1_000, max: 30_000 },
  ...overrides,
});

export const toKey = ({ partition, id }: TaskKey): TaskKey => ({ partition, id });

/** Inserts a row into the store. */
export const insertRow = async (store: TaskStore, overrides: Partial<TaskRow> = {}): Promise<TaskRow> => {
  const row = buildContractRow(overrides);
  expect(await store.insert(row)).toMatchObject({ done: true });
  return row;
};

export const buildTestEntry = (row: TaskKey, overrides: Partial<JournalEntry> = {}): JournalEntry => ({
  task: row.id,
  id: 'step:scan#1',
  value: '["email"]',
  ttl: 150,
  ...overrides,
});

/** A time at which the suite's rows have not expired (ms since the epoch). */
export const NOW = 1_000;

export const buildKeyRow = (row: TaskKey, overrides: Partial<IdempotencyRow> = {}): IdempotencyRow => ({
  key: randomUUID(),
  task: toKey(row),
  digest: 'digest-of-tool-and-arguments',
  ttl: 150,
  ...overrides,
});

/** A change that only shows that it was applied. */
export const buildTouch = (row: TaskKey, change: Partial<Change> = {}): Change => ({
  key: toKey(row),
  when: [],
  set: { statusMessage: 'touched' },
  ...change,
});
