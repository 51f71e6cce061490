/** What a client must be able to do to be asked a question. */
import { type InputCapabilities, isOutstanding, type Question, type Questions } from './record.ts';

/** The capability that a question needs; `undefined` for one that is not put to a client. */
export function findNeededCapability({
  method,
  params,
}: Pick<Question, 'method' | 'params'>): keyof InputCapabilities | undefined {
  if (method === 'elicitation/create') return params.mode === 'url' ? 'url' : 'form';
  if (method === 'sampling/createMessage')
    return params.tools === undefined && params.toolChoice === undefined ? 'sampling' : 'samplingTools';
  return method === 'roots/list' ? 'roots' : undefined;
}

/** Whether a client that can be asked `capabilities` can be asked this question. */
export function canAskQuestion(
  question: Pick<Question, 'method' | 'params'>,
  capabilities: InputCapabilities,
): boolean {
  const needed = findNeededCapability(question);
  return needed === undefined || capabilities[needed] === true;
}

/** Whether it can be asked all outstanding questions. */
export const canAskAll = (questions: Questions, capabilities: InputCapabilities): boolean =>
  Object.values(questions)
    .filter(isOutstanding)
    .every((question) => canAskQuestion(question, capabilities));
