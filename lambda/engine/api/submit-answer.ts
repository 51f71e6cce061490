/** A client's response to a question that it got over a stream: recorded on whichever instance it reaches. */
import { type Answer, isOutstanding } from '../../tasks/record.ts';
import type { Caller } from '../model.ts';
import { toCallPartition } from '../partition.ts';
import { applyAnswers, commitAnswers, isFromSameClient } from './answer.ts';
import type { EngineContext } from './context.ts';

/** The question that a response answers. */
export interface QuestionRef {
  /** The asker: a task, or a call in place. */
  readonly of: 'task' | 'call';
  readonly id: string;
  readonly key: string;
}

/**
 * @returns `unknown` when an open task never asked this. Answers to a question that is answered or withdrawn, or to a
 *   task that has ended, are `known` and change nothing.
 * @throws TaskNotFound, AnswerTooLarge
 */
export async function submitAnswer(
  engine: EngineContext,
  caller: Caller,
  { of, id, key }: QuestionRef,
  answer: Answer,
  deadline: number,
): Promise<'known' | 'unknown'> {
  let verdict: 'known' | 'unknown' = 'known';
  const rowKey = of === 'task' ? engine.buildTaskKey(caller, id) : { partition: toCallPartition(caller, id), id };
  await commitAnswers(
    engine,
    rowKey,
    deadline,
    (questions) => {
      verdict = Object.hasOwn(questions, key) ? 'known' : 'unknown';
      const answered = applyAnswers(questions, { [key]: answer }, engine.settings.maxInputBytes);
      return answered && { questions: answered, wakes: !Object.values(answered).some(isOutstanding) };
    },
    isFromSameClient(caller),
  );
  return verdict;
}
