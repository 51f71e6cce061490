/** A client's response to a question that reached it over a stream: recorded on whichever instance it arrives. */
import type { Answer } from '../../tasks/record.ts';
import { isOutstanding } from '../../tasks/record.ts';
import type { Caller } from '../model.ts';
import { toCallPartition } from '../partition.ts';
import { applyAnswers, commitAnswers, isFromSameClient } from './answer.ts';
import type { EngineContext } from './context.ts';

/** The question that a response is to. */
export interface QuestionRef {
  /** Who asked: a task, or a call in place. */
  readonly of: 'task' | 'call';
  readonly id: string;
  readonly key: string;
}

export function submitAnswer(engine: EngineContext) {
  /**
   * @returns `unknown` when an open task never asked this; answers to what is answered, withdrawn or over are `known`
   * @throws TaskNotFound, AnswerTooLarge
   */
  return async (
    caller: Caller,
    { of, id, key }: QuestionRef,
    answer: Answer,
    deadline: number,
  ): Promise<'known' | 'unknown'> => {
    let was: 'known' | 'unknown' = 'known';
    const rowKey = of === 'task' ? engine.buildTaskKey(caller, id) : { partition: toCallPartition(caller, id), id };
    await commitAnswers(
      engine,
      rowKey,
      deadline,
      (questions) => {
        was = Object.hasOwn(questions, key) ? 'known' : 'unknown';
        const answered = applyAnswers(questions, { [key]: answer }, engine.settings.maxInputBytes);
        return answered && { questions: answered, wakes: !Object.values(answered).some(isOutstanding) };
      },
      isFromSameClient(caller),
    );
    return was;
  };
}
