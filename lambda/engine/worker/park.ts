/** Park: the run ends until an answer, a timer or an outside system comes. */

import { measureResponseBytes } from '../../payloads/large-result.ts';
import {
  isOutstanding,
  isPending,
  pickOutstanding,
  type Question,
  type Questions,
  type RpcError,
  toOpenStatus,
} from '../../tasks/record.ts';
import { RPC_CODE } from '../../tasks/rpc-code.ts';
import { isEndCommitted, parkChange } from '../../tasks/writes/end.ts';
import type { Wait } from '../../tool/run.ts';
import type { Disposal } from '../ports.ts';
import { cutStatusMessage } from '../status-message.ts';
import { readQuestions } from '../view.ts';
import type { ActiveRun } from './active-run.ts';
import { handOver } from './hand-over.ts';
import { settle } from './settle.ts';

/** @param waits what the tool waits for, by key */
export async function park(run: ActiveRun, waits: ReadonlyMap<string, Wait>): Promise<Disposal> {
  const { worker } = run;
  let sentGeneration = 0;
  for (;;) {
    const { row } = run;
    const stored = await readQuestions(row, worker.payloads);
    // An answer that came during this run ends a wait: the next run continues with it.
    if ([...waits.keys()].some((key) => hasEnded(stored[key]))) return handOver(run);
    const questions = { ...collectQuestions(waits), ...stored };
    const outstanding = pickOutstanding(questions);
    const bytes = measureResponseBytes(outstanding);
    if (bytes > worker.settings.responseBytes)
      return settle(run, { error: buildQuestionsTooLargeError(row.tool, outstanding, bytes) });
    const wakeAt = findEarliestDeadline(waits);
    const generation = row.generation + 1;
    if (wakeAt !== undefined && sentGeneration < generation) {
      await run.sendWakeUp(generation, wakeAt - worker.clock.now());
      sentGeneration = generation;
    }
    const status = toOpenStatus(questions);
    const change = {
      revision: row.revision,
      questions: await run.packQuestions(questions, 'parked'),
      status,
      ...(wakeAt !== undefined && { timer: { generation, wakeAt } }),
    };
    const report = { ...run.takeProgress(), ...toWaitingMessage(questions) };
    const written = await run.persist('park', () => worker.store.update(parkChange(run.toHeld(), change, report)));
    if (isEndCommitted(written, run.token)) {
      worker.log('task.parked', { task: row.id, tool: row.tool, status, waits: waits.size });
      return 'delete';
    }
    if (written.row?.run !== run.token || written.row.revision === row.revision) return run.superseded('park', written);
    run.row = written.row;
  }
}

function hasEnded(question: Question | undefined): boolean {
  return question !== undefined && !isPending(question);
}

function collectQuestions(waits: ReadonlyMap<string, Wait>): Questions {
  return Object.fromEntries([...waits].flatMap(([key, { question }]) => (question ? [[key, question]] : [])));
}

/** What a person reads while the task waits for an answer. */
function toWaitingMessage(questions: Questions): { readonly statusMessage?: string } {
  const question = Object.values(questions).find(isOutstanding);
  if (!question) return {};
  const { message } = question.params;
  if (typeof message !== 'string') return { statusMessage: 'Waiting for an answer.' };
  return { statusMessage: cutStatusMessage(`Waiting for an answer: ${message}`) };
}

function findEarliestDeadline(waits: ReadonlyMap<string, Wait>): number | undefined {
  const deadlines = [...waits.values()].flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]));
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

function buildQuestionsTooLargeError(tool: string, outstanding: Questions, bytes: number): RpcError {
  const keys = Object.keys(outstanding)
    .map((key) => JSON.stringify(key))
    .join(', ');
  return {
    code: RPC_CODE.internalError,
    message:
      `Tool ${tool} asks ${keys} in ${bytes} bytes, more than fits in one response to a client. ` +
      'Shorten the questions, or link to their long parts.',
  };
}
