/**
 * The position of a stream: the id of its events, with which a client resumes it on any instance. It is not sealed:
 * nothing in it is trusted that is not checked against the caller's own row.
 */
import { isRpcId, type RpcId } from '../rpc.ts';
import { isTaskId } from '../task-id.ts';

export interface StreamCursor {
  /** The stream brings the result of a task, or that of a call in place. */
  readonly of: 'task' | 'call';
  readonly id: string;
  /** The request that the stream answers. */
  readonly request: RpcId;
  /** Names the stream: random, made when it was opened. */
  readonly stream: string;
  /** Counts the events of the stream. */
  readonly sequence: number;
  /** The last number sent with `notifications/progress`; negative for none. */
  readonly progress: number;
  /** Digests of the outstanding questions that were sent (`digestQuestionKey`). */
  readonly asked: readonly string[];
  /** The answer was sent: there is nothing to resume. */
  readonly done?: true;
}

/** Longest event id (characters). An HTTP API accepts 10,240 bytes of headers, the session id among them. */
export const MAX_EVENT_ID_LENGTH = 512;
/** Longest id of a request that is answered on a stream (characters of its JSON). */
const MAX_REQUEST_ID_LENGTH = 128;

export const fitsCursor = (request: RpcId): boolean => JSON.stringify(request).length <= MAX_REQUEST_ID_LENGTH;

export function encodeStreamCursor({ of, id, request, stream, sequence, progress, asked, done }: StreamCursor): string {
  const requestPart = Buffer.from(JSON.stringify([request, progress])).toString('base64url');
  const kind = of === 'task' ? 't' : 'c';
  return [done ? kind.toUpperCase() : kind, stream, sequence.toString(36), requestPart, asked.join(''), id].join('.');
}

const EVENT_ID = /^([tcTC])\.([\w-]{1,40})\.([0-9a-z]{1,8})\.([\w-]{1,256})\.((?:[\w-]{6})*)\.(.+)$/;

/** The cursor that an event id encodes; `undefined` for any other text. */
export function decodeStreamCursor(eventId: string): StreamCursor | undefined {
  const parts = eventId.length <= MAX_EVENT_ID_LENGTH ? EVENT_ID.exec(eventId) : null;
  if (!parts) return undefined;
  const [, kind = '', stream = '', sequence = '', requestPart = '', asked = '', id = ''] = parts;
  const [request, progress] = decodeRequestPart(requestPart);
  if (!isTaskId(id) || !isRpcId(request) || typeof progress !== 'number') return undefined;
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
    const requestPart: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(requestPart) ? requestPart : [];
  } catch {
    return [];
  }
}
