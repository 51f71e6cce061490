/** Merging answers into the questions that they answer. */
import { type Answer, isOutstanding, type Questions } from './record.ts';

/**
 * The questions with these answers. Only outstanding ones take an answer: unknown, answered and withdrawn keys change
 * nothing (SEP-2663, Task Update Requests).
 *
 * @param check called with each answer that is taken; may throw
 * @returns `undefined` when nothing changes
 */
export function mergeAnswers(
  questions: Questions,
  answers: Readonly<Record<string, Answer>>,
  check: (answer: Answer) => void = () => {},
): Questions | undefined {
  let changes = false;
  const entries = Object.entries(questions).map(([key, question]) => {
    const answer = Object.hasOwn(answers, key) ? answers[key] : undefined;
    if (!answer || !isOutstanding(question)) return [key, question] as const;
    check(answer);
    changes = true;
    return [key, { ...question, answer }] as const;
  });
  return changes ? Object.fromEntries(entries) : undefined;
}
