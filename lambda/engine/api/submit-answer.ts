/** A client's response to a question that reached it over a stream: recorded on whichever instance it arrives. */
import type { Answer } from '../../tasks/record.ts';
import { isOutstanding } from '../../tasks/record.ts';
import type { Caller } from '../model.ts';
import { callPartitionOf } from '../partition.ts';
import { commitAnswers, isOfClient, withAnswers } from './answer.ts';
import type { EngineContext } from './context.ts';

/** The question that a response is to. */
export interface AskedQuestion {
  /** Who asked: a task, or a call in place. */
  readonly of: 'task' | 'call';
  readonly id: string;
  readonly key: string;
}

export function replyOf(engine: EngineContext) {
  /**
   * @returns `unknown` when an open task never asked this; answers to what is answered, withdrawn or over are `known`
   * @throws TaskNotFound, AnswerTooLarge
   */
  return async (
    caller: Caller,
    { of, id, key }: AskedQuestion,
    answer: Answer,
    deadline: number,
  ): Promise<'known' | 'unknown'> => {
    let was: 'known' | 'unknown' = 'known';
    const rowKey = of === 'task' ? engine.keyOf(caller, id) : { partition: callPartitionOf(caller, id), id };
    await commitAnswers(
      engine,
      rowKey,
      deadline,
      (questions) => {
        was = Object.hasOwn(questions, key) ? 'known' : 'unknown';
        const answered = withAnswers(questions, { [key]: answer }, engine.settings.maxAnswerBytes);
        return answered && { questions: answered, wakes: !Object.values(answered).some(isOutstanding) };
      },
      isOfClient(caller),
    );
    return was;
  };
}
