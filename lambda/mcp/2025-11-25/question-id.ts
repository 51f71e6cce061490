/** The JSON-RPC id of a question names what asked and the question's key, so that the response to it needs no memory. */
import type { QuestionRef } from '../../engine/api/submit-answer.ts';
import { isTaskId } from '../task-id.ts';

export const encodeQuestionId = ({ of, id, key }: QuestionRef): string =>
  `${of}:${id}:${Buffer.from(key).toString('base64url')}`;

const QUESTION_ID = /^(task|call):([^:]+):([\w-]*)$/;

/** The question that a response is to; `undefined` for an id that was never one of ours. */
export function decodeQuestionId(id: unknown): QuestionRef | undefined {
  const parts = typeof id === 'string' && id.length <= 2_048 ? QUESTION_ID.exec(id) : null;
  if (!parts) return undefined;
  const [, of, owner = '', key = ''] = parts;
  if (!isTaskId(owner)) return undefined;
  return { of: of as 'task' | 'call', id: owner, key: Buffer.from(key, 'base64url').toString() };
}
