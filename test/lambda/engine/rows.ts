/** Rows for unit tests of what the engine writes: on the real memory store, in each state a task can be in. */

import { MemoryTaskStore } from '../../../lambda/tasks/memory/index.ts';
import type { Question, Questions, TaskKey, TaskRow } from '../../../lambda/tasks/record.ts';
import { buildTaskRow } from '../../../lambda/tasks/writes/create.ts';

export const NOW = 1_800_000_000_000;
export const KEY: TaskKey = { partition: 'task#t1', id: 't1' };
export const LIFETIME_MS = 3_600_000;
export const RETENTION_MS = 600_000;
export const LEASE_MS = 60_000;

/** A task that was just created, with a test's changes. */
export const buildRow = (changes: Partial<TaskRow> = {}): TaskRow => ({
  ...buildTaskRow({
    key: KEY,
    nonce: 'nonce-1',
    now: NOW,
    tool: 'tool',
    arguments: '{}',
    era: '2026-07-28',
    capabilities: {},
    lifetimeMs: LIFETIME_MS,
    retentionMs: RETENTION_MS,
    poll: { min: 1_000, max: 30_000 },
    maxFailures: 3,
    cleansUp: false,
  }),
  ...changes,
});

/** Held by a run whose lease is live at `NOW`. */
export const buildHeldRow = (changes: Partial<TaskRow> = {}): TaskRow =>
  buildRow({ run: 'run-1', leaseUntil: NOW + LEASE_MS, failures: 1, ...changes });

export const buildQuestion = (changes: Partial<Question> = {}): Question => ({
  method: 'elicitation/create',
  params: { mode: 'form', message: 'Which?' },
  ...changes,
});

/** Parked on a question. */
export const buildAskingRow = (questions: Questions, changes: Partial<TaskRow> = {}): TaskRow =>
  buildRow({ status: 'input_required', parked: true, revision: 1, questions: JSON.stringify(questions), ...changes });

/** A store that holds this row. */
export async function createStoreWith(row: TaskRow): Promise<MemoryTaskStore> {
  const store = new MemoryTaskStore();
  await store.insert(row);
  return store;
}
