/** What a run begins with: the steps that were recorded, and the questions with the answers that came. */
import type { Question, Questions } from '../../tasks/record.ts';
import { withdrawChange } from '../../tasks/writes/held.ts';
import type { RunHistory } from '../../tool/history.ts';
import { readQuestions } from '../view.ts';
import { heldOf, packQuestions, type TaskRun, toOpenStatus } from './held-run.ts';

/** What earlier runs left behind. Questions overtaken by their timers are withdrawn first, for every later run to see. */
export async function readRunHistory(task: TaskRun): Promise<RunHistory | undefined> {
  const { tools, row } = task;
  const journal: Record<string, string> = {};
  if (row.entries > 0)
    for (const entry of await tools.store.journal(row.id)) journal[entry.id] = await tools.payloads.unpack(entry.value);
  const questions = await withdrawOverdue(task);
  return questions && { journal, questions };
}

async function withdrawOverdue(task: TaskRun): Promise<Questions | undefined> {
  for (;;) {
    const now = task.tools.clock.now();
    const questions = await readQuestions(task.row, task.tools.payloads);
    const overdue = ({ deadline, ...question }: Question) =>
      deadline !== undefined &&
      deadline <= now &&
      question.answer === undefined &&
      !question.withdrawn &&
      question.method !== 'sleep';
    if (!Object.values(questions).some(overdue)) return questions;
    const withdrawn = mapQuestions(questions, (question) =>
      overdue(question) ? { ...question, withdrawn: true } : question,
    );
    const packed = await packQuestions(task, withdrawn, 'withdrawn');
    const written = await task.tools.store.update(
      withdrawChange(heldOf(task), task.row.revision, packed, toOpenStatus(withdrawn)),
    );
    if (written.row?.run !== task.run) return undefined;
    task.row = written.row;
    // Done, or done before and only the answer was lost, or an answer came meanwhile: look again.
  }
}

const mapQuestions = (questions: Questions, change: (question: Question) => Question): Questions =>
  Object.fromEntries(Object.entries(questions).map(([key, question]) => [key, change(question)]));
