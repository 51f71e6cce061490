/** The JSON-RPC id of a question: it holds the asker and the question's key, so that no instance has to remember it. */
import type { QuestionRef } from '../../engine/api/submit-answer.ts';
import { isTaskId } from '../task-id.ts';

export const encodeQuestionId = ({ of, id, key }: QuestionRef): string =>
  `${of}:${id}:${Buffer.from(key).toString('base64url')}`;

/** Longest id that is looked at (characters). */
const MAX_QUESTION_ID_LENGTH = 2_048;
const QUESTION_ID = /^(task|call):([^:]+):([\w-]*)$/;

/** The question that an id names; `undefined` for an id that cannot be ours. */
export function decodeQuestionId(id: unknown): QuestionRef | undefined {
  const parts = typeof id === 'string' && id.length <= MAX_QUESTION_ID_LENGTH ? QUESTION_ID.exec(id) : null;
  if (!parts) return undefined;
  const [, of, asker = '', key = ''] = parts;
  if (!isTaskId(asker)) return undefined;
  return { of: of as 'task' | 'call', id: asker, key: Buffer.from(key, 'base64url').toString() };
}
