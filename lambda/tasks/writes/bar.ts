/** Bars: make a late commit impossible, by a void row where no row came, or by a raised generation on one that did. */
import { beforeGeneration, exists, notTerminal, parked } from '../conditions.ts';
import { ROW_FORMAT, type TaskKey, type TaskRow } from '../record.ts';
import type { Change } from '../store.ts';
import { toTtlSeconds } from './create.ts';

/** How long a void row bars its id (ms): far longer than any write can be in flight. */
const VOID_MS = 24 * 3_600_000;

/** The row that bars an id whose create came too late. It is not a task: every reader ignores it. */
export function buildVoidRow(key: TaskKey, generation: number, now: number): TaskRow {
  return {
    ...key,
    v: ROW_FORMAT,
    void: true,
    generation,
    failures: 0,
    revision: 0,
    entries: 0,
    nonce: 'void',
    status: 'failed',
    createdAt: now,
    lastUpdatedAt: now,
    phaseAt: now,
    expiresAt: now,
    retentionMs: 0,
    ttl: toTtlSeconds(now + VOID_MS),
    tool: '',
    arguments: '{}',
    era: '2026-07-28',
    capabilities: {},
    poll: { min: 1, max: 1 },
    maxFailures: 0,
  };
}

/**
 * Raises a parked row's generation past a wake-up whose sender is late, so that its commit fails. If the row has a
 * timer, the received message is now the timer's and must be sent on for it.
 */
export const overtakeChange = (key: TaskKey, generation: number): Change => ({
  key,
  when: [exists, notTerminal, parked, beforeGeneration(generation)],
  set: { generation },
});
