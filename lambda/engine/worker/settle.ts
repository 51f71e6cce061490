/** Settle: the one terminal transition of a task that ran to its end. */

import { storeLargeParts } from '../../payloads/deliver.ts';
import type { Outcome, TaskRow } from '../../tasks/record.ts';
import { isEndCommitted, settleChange } from '../../tasks/writes/end.ts';
import type { Disposal } from '../ports.ts';
import { cutStatusMessage } from '../status-message.ts';
import type { ActiveRun } from './active-run.ts';

export async function settle(run: ActiveRun, outcome: Outcome): Promise<Disposal> {
  const { worker, row } = run;
  const { payloads, settings, store, clock } = worker;
  const end = toEndState(outcome, row);
  const stored = await storeLargeParts(
    payloads,
    outcome,
    settings.responseBytes,
    `tasks/${row.id}/result-${run.token}`,
  );
  const packed = await payloads.pack(
    JSON.stringify(stored),
    settings.inlineOutputBytes,
    `tasks/${row.id}/outcome-${run.token}`,
  );
  const written = await run.persist('settle', () =>
    store.update(settleChange(run.toHeld(), { ...end, outcome: packed, retentionMs: row.retentionMs })),
  );
  if (!isEndCommitted(written, run.token)) return run.superseded('settle', written);
  const durationMs = clock.now() - row.createdAt;
  worker.log('task.ended', {
    task: row.id,
    tool: row.tool,
    status: end.status,
    toolError: 'result' in outcome && outcome.result.isError === true,
    code: 'error' in outcome ? outcome.error.code : undefined,
    durationMs,
  });
  return 'delete';
}

/** 2026-07-28: a tool error is a result. 2025-11-25 (Tasks, Task Status): an `isError` result is `failed`. */
function toEndState(
  outcome: Outcome,
  row: TaskRow,
): { readonly status: 'completed' | 'failed'; readonly statusMessage?: string; readonly toolError?: true } {
  if ('error' in outcome) return { status: 'failed', statusMessage: cutStatusMessage(outcome.error.message) };
  if (outcome.result.isError !== true) return { status: 'completed' };
  const [first] = (outcome.result.content ?? []) as { text?: unknown }[];
  return {
    status: row.era === '2025-11-25' ? 'failed' : 'completed',
    toolError: true,
    ...(typeof first?.text === 'string' && { statusMessage: cutStatusMessage(first.text) }),
  };
}
