/** What the test's client and clock do about a run that waits. */
import { type Answer, EXTERNAL, type Question, type Questions, SLEEP } from '../../tasks/record.ts';
import type { RunEnd } from '../run.ts';
import type { Tool } from '../types.ts';
import type { TestAnswer } from './types.ts';

/** The questions with their answers, and the time (ms since the epoch) at which the tool runs again. */
export interface ResolvedWaits {
  readonly questions: Questions;
  readonly now: number;
}

/**
 * Answer the questions of a parked run. Where there are none, let time pass until the first timer is due.
 *
 * @throws Error when `answers` has nothing for a question
 */
export function resolveWaits(
  tool: Tool,
  end: RunEnd & { end: 'parked' },
  before: ResolvedWaits,
  answers: Readonly<Record<string, TestAnswer>>,
): ResolvedWaits {
  const questions: Record<string, Question> = { ...before.questions };
  let answered = false;
  for (const [key, { question }] of end.waits) {
    if (!question) continue;
    questions[key] ??= question;
    if (question.method === SLEEP) continue;
    answered = true;
    questions[key] = applyTestAnswer(tool, key, question, answers);
  }
  const deadlines = [...end.waits.values()].flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]));
  const skipsTime = !answered && deadlines.length > 0;
  return { questions, now: skipsTime ? Math.max(before.now, Math.min(...deadlines)) : before.now };
}

function applyTestAnswer(
  tool: Tool,
  key: string,
  question: Question,
  answers: Readonly<Record<string, TestAnswer>>,
): Question {
  const testAnswer = findTestAnswer(key, answers);
  if (testAnswer === undefined)
    throw new Error(
      `${tool.name} asks ${JSON.stringify(key)}, for which "answers" has no entry: ${JSON.stringify(question.params)}`,
    );
  const { method, params } = question;
  const answer = typeof testAnswer === 'function' ? testAnswer({ key, method, params }) : testAnswer;
  if (answer.action === 'timeout') return { ...question, withdrawn: true };
  return { ...question, answer: toAnswer(question, answer) };
}

/** By the key of this very attempt, or by the name of the question. */
function findTestAnswer(key: string, answers: Readonly<Record<string, TestAnswer>>): TestAnswer | undefined {
  if (Object.hasOwn(answers, key)) return answers[key];
  const name = key.split('#')[0] as string;
  return Object.hasOwn(answers, name) ? answers[name] : undefined;
}

function toAnswer({ method }: Question, answer: Record<string, unknown>): Answer {
  if (method === EXTERNAL) return { result: { value: answer } };
  const isFormContent = method === 'elicitation/create' && !('action' in answer);
  return { result: isFormContent ? { action: 'accept', content: answer } : { ...answer } };
}
