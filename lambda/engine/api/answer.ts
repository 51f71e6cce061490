/** Answer: one read, one write on the revision that was read, and the wake-up first where the set is complete. */
import { mergeAnswers } from '../../tasks/answers.ts';
import {
  type Answer,
  isOutstanding,
  isTerminal,
  type Questions,
  type TaskKey,
  type TaskRow,
  toOpenStatus,
} from '../../tasks/record.ts';
import { answerChange } from '../../tasks/writes/answer.ts';
import { AnswerTooLarge, TaskNotFound, Unavailable } from '../errors.ts';
import { toLogFields } from '../log-fields.ts';
import type { Caller } from '../model.ts';
import { readQuestions } from '../view.ts';
import { type EngineContext, MAX_RACE_ATTEMPTS } from './context.ts';

/**
 * @param deadline when the request must have been answered (ms since the epoch)
 * @throws TaskNotFound, AnswerTooLarge, Unavailable
 */
export async function answerTask(
  engine: EngineContext,
  caller: Caller,
  id: string,
  answers: Readonly<Record<string, Answer>>,
  deadline: number,
): Promise<void> {
  await commitAnswers(
    engine,
    engine.buildTaskKey(caller, id),
    deadline,
    (questions) => {
      const answered = applyAnswers(questions, answers, engine.settings.maxInputBytes);
      return answered && { questions: answered, wakes: !Object.values(answered).some(isOutstanding) };
    },
    isFromSameClient(caller),
  );
}

/** A person is asked by the client that they gave the work to; their other clients may only look on. */
export const isFromSameClient =
  ({ client }: Caller) =>
  (row: TaskRow): boolean =>
    row.client === client;

/**
 * The questions with these answers, or nothing if none was given.
 *
 * @param maxBytes limit of one answer's JSON
 * @throws AnswerTooLarge
 */
export const applyAnswers = (
  questions: Questions,
  answers: Readonly<Record<string, Answer>>,
  maxBytes: number,
): Questions | undefined =>
  mergeAnswers(questions, answers, (answer) => {
    const bytes = Buffer.byteLength(JSON.stringify(answer));
    if (bytes > maxBytes) throw new AnswerTooLarge(bytes, maxBytes);
  });

/** The questions as an answer leaves them, and whether the task can continue now. */
export interface QuestionsChange {
  readonly questions: Questions;
  readonly wakes: boolean;
}

/**
 * Commits what `change` makes of the questions, on the revision it was made from; after a lost race it reads again.
 * A terminal task takes no answers, and nothing is written where `change` returns nothing.
 *
 * @param deadline when the request must have been answered (ms since the epoch)
 * @throws TaskNotFound, Unavailable
 */
export async function commitAnswers(
  engine: EngineContext,
  key: TaskKey,
  deadline: number,
  change: (questions: Questions, row: TaskRow) => QuestionsChange | undefined,
  mayAnswer: (row: TaskRow) => boolean = () => true,
): Promise<void> {
  const mark = engine.ids.token();
  for (let attempt = 0; attempt < MAX_RACE_ATTEMPTS; attempt += 1) {
    const row = await engine.requireTask(key);
    if (!mayAnswer(row)) throw new TaskNotFound();
    if (isTerminal(row.status)) return;
    const changed = change(await readQuestions(row, engine.payloads), row);
    if (!changed) return;
    // A run at work finds the answer when it parks; only a parked task has to be woken.
    const wakes = changed.wakes && row.parked === true;
    if (wakes) await engine.sendWakeUp(row, row.generation + 1, deadline);
    const status = toOpenStatus(changed.questions);
    const written = await engine.store.update(
      answerChange({
        key: row,
        now: engine.clock.now(),
        revision: row.revision,
        generation: row.generation,
        questions: await engine.payloads.pack(
          JSON.stringify(changed.questions),
          engine.settings.inlineInputBytes,
          `tasks/${row.id}/questions-${mark}-${attempt}`,
        ),
        status,
        wakes,
      }),
    );
    // Refused: read again. A commit whose response was lost shows as a question that has its answer.
    if (written.done) {
      engine.log('task.answered', { ...toLogFields(row), complete: status === 'working' });
      return;
    }
  }
  throw new Unavailable('Too many answers to this task at once. Call again.');
}
