/** Questions on the wire: *input requests*. */
import { isOutstanding, type Question, type Questions } from '../tasks/record.ts';

/** A question as a client receives it. */
export type InputRequest = Pick<Question, 'method' | 'params'>;

/** The outstanding questions, verbatim. */
export const toInputRequests = (questions: Questions): Readonly<Record<string, InputRequest>> =>
  Object.fromEntries(
    Object.entries(questions)
      .filter(([, question]) => isOutstanding(question))
      .map(([key, { method, params }]) => [key, { method, params }]),
  );
