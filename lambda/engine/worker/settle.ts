/** Settle: the one terminal transition of a task that ran to its end. */

import { storeLargeParts } from '../../payloads/deliver.ts';
import type { Outcome, TaskRow } from '../../tasks/record.ts';
import { isEndCommitted, settleChange } from '../../tasks/writes/end.ts';
import type { Disposal } from '../ports.ts';
import { heldOf, persist, superseded, type TaskRun } from './held-run.ts';

export async function settle(task: TaskRun, outcome: Outcome): Promise<Disposal> {
  const { tools, row } = task;
  const end = toEndState(outcome, row);
  const { responseBytes } = tools.settings;
  const kept = await storeLargeParts(tools.payloads, outcome, responseBytes, `tasks/${row.id}/result-${task.run}`);
  const packed = await tools.payloads.pack(
    JSON.stringify(kept),
    tools.settings.inlineOutputBytes,
    `tasks/${row.id}/outcome-${task.run}`,
  );
  const written = await persist(task, 'settle', () =>
    tools.store.update(settleChange(heldOf(task), { ...end, outcome: packed, retentionMs: row.retentionMs })),
  );
  if (!isEndCommitted(written, task.run)) return superseded(task, 'settle', written);
  const durationMs = tools.clock.now() - row.createdAt;
  tools.log('task.ended', {
    task: row.id,
    tool: row.tool,
    status: end.status,
    toolError: 'result' in outcome && outcome.result.isError === true,
    code: 'error' in outcome ? outcome.error.code : undefined,
    durationMs,
  });
  return 'delete';
}

/** 2026: a tool error is a result. 2025-11-25 (Tasks, Task Status): an `isError` outcome is `failed`. */
function toEndState(
  outcome: Outcome,
  row: TaskRow,
): { readonly status: 'completed' | 'failed'; readonly statusMessage?: string; readonly toolError?: true } {
  if ('error' in outcome) return { status: 'failed', statusMessage: outcome.error.message.slice(0, 1_024) };
  if (outcome.result.isError !== true) return { status: 'completed' };
  const [first] = (outcome.result.content ?? []) as { text?: unknown }[];
  const statusMessage = typeof first?.text === 'string' ? { statusMessage: first.text.slice(0, 1_024) } : {};
  const status = row.era === '2025-11-25' ? 'failed' : 'completed';
  return { status, toolError: true, ...statusMessage };
}
