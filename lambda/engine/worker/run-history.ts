/** What a run starts from: the recorded steps, and the questions with the answers that came. */
import { isPending, type Question, type Questions, SLEEP, toOpenStatus } from '../../tasks/record.ts';
import { withdrawChange } from '../../tasks/writes/held.ts';
import type { RunHistory } from '../../tool/history.ts';
import { readQuestions } from '../view.ts';
import type { ActiveRun } from './active-run.ts';

/**
 * What earlier runs left behind. Questions whose timers ran out are withdrawn first, so that every later run sees the
 * same.
 *
 * @returns nothing when the run has lost its task
 */
export async function readRunHistory(run: ActiveRun): Promise<RunHistory | undefined> {
  const { worker, row } = run;
  const { store, payloads } = worker;
  const journal: Record<string, string> = {};
  if (row.entries > 0)
    for (const entry of await store.journal(row.id)) journal[entry.id] = await payloads.unpack(entry.value);
  const questions = await withdrawOverdue(run);
  return questions && { journal, questions };
}

async function withdrawOverdue(run: ActiveRun): Promise<Questions | undefined> {
  const { store, clock, payloads } = run.worker;
  for (;;) {
    const now = clock.now();
    const questions = await readQuestions(run.row, payloads);
    if (!Object.values(questions).some((question) => isOverdue(question, now))) return questions;
    const withdrawn = mapQuestions(questions, (question) =>
      isOverdue(question, now) ? { ...question, withdrawn: true } : question,
    );
    const packed = await run.packQuestions(withdrawn, 'withdrawn');
    const written = await store.update(withdrawChange(run.toHeld(), run.row.revision, packed, toOpenStatus(withdrawn)));
    if (written.row?.run !== run.token) return undefined;
    run.row = written.row;
    // Done; or done before, with its response lost; or an answer came meanwhile: look again.
  }
}

/** Whether a question's time ran out. A sleep is not withdrawn: its deadline is what the tool waits for. */
function isOverdue(question: Question, now: number): boolean {
  const { deadline, method } = question;
  return deadline !== undefined && deadline <= now && isPending(question) && method !== SLEEP;
}

function mapQuestions(questions: Questions, change: (question: Question) => Question): Questions {
  return Object.fromEntries(Object.entries(questions).map(([key, question]) => [key, change(question)]));
}
