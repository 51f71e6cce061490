/** Park: the run ends until an answer, a timer or an outside system comes. */

import { measureResponseBytes } from '../../payloads/large-result.ts';
import { isOutstanding, type Question, type Questions, type TaskRow } from '../../tasks/record.ts';
import { isEndCommitted, parkChange } from '../../tasks/writes/end.ts';
import type { Wait } from '../../tool/run.ts';
import type { Disposal } from '../ports.ts';
import { readQuestions } from '../view.ts';
import { handOver } from './hand-over.ts';
import type { Heartbeat } from './heartbeat.ts';
import { heldOf, packQuestions, persist, superseded, type TaskRun, toOpenStatus } from './held-run.ts';
import { settle } from './settle.ts';
import { sendWakeUp } from './wake-up.ts';

export async function park(task: TaskRun, waits: ReadonlyMap<string, Wait>, heartbeat: Heartbeat): Promise<Disposal> {
  const { tools } = task;
  let sent = 0;
  for (;;) {
    const { row } = task;
    const stored = await readQuestions(row, tools.payloads);
    const questions = {
      ...Object.fromEntries([...waits].flatMap(([key, { question }]) => (question ? [[key, question]] : []))),
      ...stored,
    };
    // An answer that came during this run ends a wait: the next run goes on with it.
    if (
      [...waits.keys()].some(
        (key) => stored[key] !== undefined && (stored[key].answer !== undefined || stored[key].withdrawn),
      )
    )
      return handOver(task, heartbeat);
    const asked = Object.entries(questions).filter(([, question]) => isOutstanding(question));
    const bytes = measureResponseBytes(Object.fromEntries(asked));
    if (bytes > tools.settings.responseBytes)
      return settle(task, { error: buildQuestionsTooLargeError(row, asked, bytes) });
    const wakeAt = findEarliestDeadline(waits);
    const generation = row.generation + 1;
    if (wakeAt !== undefined && sent < generation) {
      await sendWakeUp(task, generation, wakeAt - tools.clock.now());
      sent = generation;
    }
    const change = {
      revision: row.revision,
      questions: await packQuestions(task, questions, 'parked'),
      status: toOpenStatus(questions),
      ...(wakeAt !== undefined && { timer: { generation, wakeAt } }),
    };
    const news = { ...heartbeat.takeProgress(), ...toWaitingMessage(questions) };
    const written = await persist(task, 'park', () => tools.store.update(parkChange(heldOf(task), change, news)));
    if (isEndCommitted(written, task.run)) {
      tools.log('task.parked', { task: row.id, tool: row.tool, status: toOpenStatus(questions), waits: waits.size });
      return 'delete';
    }
    if (written.row?.run !== task.run || written.row.revision === row.revision)
      return superseded(task, 'park', written);
    task.row = written.row;
  }
}

/** What a person reads while the task waits for an answer. */
function toWaitingMessage(questions: Questions): { readonly statusMessage?: string } {
  const asked = Object.values(questions).find(isOutstanding);
  const message = asked?.params.message;
  if (!asked) return {};
  return {
    statusMessage:
      typeof message === 'string' ? `Waiting for an answer: ${message}`.slice(0, 1_024) : 'Waiting for an answer.',
  };
}

const findEarliestDeadline = (waits: ReadonlyMap<string, Wait>): number | undefined => {
  const deadlines = [...waits.values()].flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]));
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
};

const buildQuestionsTooLargeError = (row: TaskRow, asked: readonly (readonly [string, Question])[], bytes: number) => ({
  code: -32603,
  message:
    `Tool ${row.tool} asks ${asked.map(([key]) => JSON.stringify(key)).join(', ')} in ${bytes} bytes, more than one answer ` +
    'to a client holds. Ask in fewer words, or link to what is long.',
});
