/** Answer: commits on the revision it read. Its mark is the answered question itself: it is not answered again. */
import { atGeneration, atRevision, exists, notExpired, notTerminal } from '../conditions.ts';
import type { Payload, TaskKey } from '../record.ts';
import type { Change } from '../store.ts';

export interface AnswerWrite {
  readonly key: TaskKey;
  readonly now: number;
  readonly revision: number;
  readonly generation: number;
  readonly questions: Payload;
  readonly status: 'working' | 'input_required';
  /** The answer completes the set: its wake-up, of the next generation, was sent before. */
  readonly wakes: boolean;
}

export const answerChange = (answer: AnswerWrite): Change => ({
  key: answer.key,
  when: [
    exists,
    notTerminal,
    notExpired(answer.now),
    atRevision(answer.revision),
    // A write that raised the generation since has made sure that this wake-up can no longer count.
    atGeneration(answer.generation),
  ],
  set: {
    questions: answer.questions,
    status: answer.status,
    revision: answer.revision + 1,
    lastUpdatedAt: answer.now,
    phaseAt: answer.now,
    ...(answer.wakes && { generation: answer.generation + 1 }),
  },
  // The last answer also removes the message about what the task waited for.
  remove: answer.wakes ? ['parked', 'wakeAt', 'statusMessage'] : [],
});
