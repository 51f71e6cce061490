/** A task as a client may see it, from its row. */

import { signLinks } from '../payloads/deliver.ts';
import type { StoredOutcome } from '../payloads/large-result.ts';
import type { Payloads } from '../payloads/payloads.ts';
import { isTerminal, type Outcome, pickOutstanding, type Questions, type TaskRow } from '../tasks/record.ts';
import type { TaskSummary, TaskView } from './model.ts';
import { computePollIntervalMs } from './poll-interval.ts';

/** All of a task's questions, answered ones too. */
export async function readQuestions(row: TaskRow, payloads: Payloads): Promise<Questions> {
  return row.questions === undefined ? {} : (JSON.parse(await payloads.unpack(row.questions)) as Questions);
}

async function readOutcome(row: TaskRow, now: number, payloads: Payloads): Promise<Outcome | undefined> {
  if (row.outcome === undefined) return undefined;
  const stored = JSON.parse(await payloads.unpack(row.outcome)) as StoredOutcome;
  return signLinks(payloads, stored, (row.expiresAt - now) / 1_000);
}

/** With questions and outcome, fetched from the payload store if they are there. */
export async function toTaskView(row: TaskRow, now: number, payloads: Payloads): Promise<TaskView> {
  const outcome = await readOutcome(row, now, payloads);
  const questions = row.status === 'input_required' ? await readQuestions(row, payloads) : {};
  return {
    ...toTaskSummary(row, now),
    questions: pickOutstanding(questions),
    ...(outcome && { outcome }),
  };
}

/** From the row alone, without questions and outcome. */
export function toTaskSummary(row: TaskRow, now: number): TaskSummary {
  return {
    id: row.id,
    tool: row.tool,
    era: row.era,
    status: row.status,
    ...(row.statusMessage !== undefined && { statusMessage: row.statusMessage }),
    ...(row.progress && !isTerminal(row.status) && { progress: row.progress }),
    createdAt: row.createdAt,
    lastUpdatedAt: row.lastUpdatedAt,
    ttlMs: row.expiresAt - row.createdAt,
    pollIntervalMs: computePollIntervalMs(row, now),
    ...(row.toolError && { toolError: row.toolError }),
  };
}
