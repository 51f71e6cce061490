/**
 * Where a stream stands: the id of its events, with which a client resumes it on any instance. Nothing of it is
 * believed that is not checked against the caller's own row, so it is not sealed.
 */
import { createHash } from 'node:crypto';
import type { RpcId } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';

export interface StreamCursor {
  /** What the stream is of: the result of a task, or a call in place. */
  readonly of: 'task' | 'call';
  readonly id: string;
  /** The request whose answer the stream brings. */
  readonly request: RpcId;
  /** Names the stream: random, made when it was opened. */
  readonly stream: string;
  /** Counts the events of the stream. */
  readonly sequence: number;
  /** The last number that was sent with `notifications/progress`; negative for none. */
  readonly progress: number;
  /** Digests of the outstanding questions that were sent. */
  readonly asked: readonly string[];
  /** The answer was sent: there is nothing to come back for. */
  readonly done?: true;
}

/** Longest event id (characters). An HTTP API takes 10,240 bytes of headers, and the session id is among them. */
export const MAX_EVENT_ID_LENGTH = 512;
/** Longest id of a request whose answer comes on a stream (characters of its JSON). */
const MAX_REQUEST_ID_LENGTH = 128;

const DIGEST_LENGTH = 6;

/** The part of a question's key that a cursor carries. */
export const digestQuestionKey = (key: string): string =>
  createHash('sha256').update(key).digest('base64url').slice(0, DIGEST_LENGTH);

export const fitsCursor = (request: RpcId): boolean => JSON.stringify(request).length <= MAX_REQUEST_ID_LENGTH;

export function encodeStreamCursor({ of, id, request, stream, sequence, progress, asked, done }: StreamCursor): string {
  const facts = Buffer.from(JSON.stringify([request, progress])).toString('base64url');
  const kind = of === 'task' ? 't' : 'c';
  return [done ? kind.toUpperCase() : kind, stream, sequence.toString(36), facts, asked.join(''), id].join('.');
}

const EVENT_ID = /^([tcTC])\.([\w-]{1,40})\.([0-9a-z]{1,8})\.([\w-]{1,256})\.((?:[\w-]{6})*)\.(.+)$/;

/** The cursor that an event id is; `undefined` for anything else. */
export function decodeStreamCursor(eventId: string): StreamCursor | undefined {
  const parts = eventId.length <= MAX_EVENT_ID_LENGTH ? EVENT_ID.exec(eventId) : null;
  if (!parts) return undefined;
  const [, kind = '', stream = '', sequence = '', facts = '', asked = '', id = ''] = parts;
  const [request, progress] = decodeRequestPart(facts);
  if (!isTaskId(id) || !isRequestId(request) || typeof progress !== 'number') return undefined;
  return {
    of: kind.toLowerCase() === 't' ? 'task' : 'call',
    id,
    request,
    stream,
    sequence: Number.parseInt(sequence, 36),
    progress,
    asked: asked.match(/.{6}/g) ?? [],
    ...(kind !== kind.toLowerCase() && { done: true as const }),
  };
}

function decodeRequestPart(text: string): readonly unknown[] {
  try {
    const facts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(facts) ? facts : [];
  } catch {
    return [];
  }
}

const isRequestId = (id: unknown): id is RpcId => typeof id === 'string' || Number.isSafeInteger(id);
