/**
 * What a look at a stream's subject becomes: a few events, and the end of the stream until the client comes back.
 * Waiting inside the request would hold a Lambda, and API Gateway would cut it off at 30 s.
 */

import type { StreamReader } from '../../engine/api/follow.ts';
import type { Question, Questions } from '../../tasks/record.ts';
import { canAskAll } from '../2026-07-28/capabilities.ts';
import { getHeader } from '../2026-07-28/headers.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { CODE, Refusal, refuseParams } from '../failure.ts';
import type { JsonObject, Reply, RpcId } from '../rpc.ts';
import { digestQuestionKey, encodeStreamCursor, fitsCursor, MAX_EVENT_ID_LENGTH, type StreamCursor } from './cursor.ts';
import { openSession } from './session.ts';
import { buildQuestionRequest } from './shapes.ts';
import { buildStreamReply, type StreamEvent } from './sse.ts';

/**
 * The beginning of a stream that is to bring the answer to a request.
 * @throws Refusal when the client cannot be answered on one
 */
export function openStream(
  { headers }: HttpMessage,
  request: RpcId,
  subject: Pick<StreamCursor, 'of' | 'id'>,
  { callId }: Services,
): StreamCursor {
  const accept = getHeader(headers, 'Accept');
  if (accept !== undefined && !/text\/event-stream|text\/\*|\*\/\*/i.test(accept))
    throw new Refusal(
      406,
      CODE.transport,
      'Not Acceptable: the answer comes on a stream, so accept text/event-stream.',
    );
  if (!fitsCursor(request)) throw refuseParams('The id of this request is too long to be answered on a stream.');
  return { ...subject, request, stream: callId().slice(-16), sequence: 0, progress: -1, asked: [] };
}

/** Which outstanding questions this stream's reader has not been sent, of those that it can answer. */
export function createReaderResolver(cursor: StreamCursor, message: HttpMessage, services: Services) {
  return async (questions: Questions): Promise<StreamReader> => {
    const fresh = Object.entries(questions).filter(([key]) => !cursor.asked.includes(digestQuestionKey(key)));
    const asked = fresh.length < Object.keys(questions).length;
    if (fresh.length === 0) return { unasked: [], asked };
    const { can } = await openSession(message, services);
    return {
      unasked: fresh.flatMap(([key, question]) => (canAskAll({ [key]: question }, can) ? [key] : [])),
      asked,
    };
  };
}

export interface StreamUpdate {
  readonly pollIntervalMs: number;
  /** Everything that is outstanding. */
  readonly questions: Readonly<Record<string, Pick<Question, 'method' | 'params'>>>;
  /** Keys of those to send now. */
  readonly ask: readonly string[];
  /** What goes out before them. */
  readonly before?: readonly JsonObject[];
  /** The number in the progress among them. */
  readonly progress?: number;
}

/** The stream goes on: where it stands, when to come back, and what there is to say. */
export function continueStream(cursor: StreamCursor, look: StreamUpdate): Reply {
  const outstanding = new Set(Object.keys(look.questions).map(digestQuestionKey));
  let at: StreamCursor = { ...cursor, asked: cursor.asked.filter((digest) => outstanding.has(digest)) };
  const events: StreamEvent[] = [];
  const emit = (next: Partial<StreamCursor>, event: Omit<StreamEvent, 'id'>): boolean => {
    const moved = { ...at, ...next, sequence: at.sequence + 1 };
    const id = encodeStreamCursor(moved);
    // What does not fit is sent once others are answered and gone from the id.
    if (id.length > MAX_EVENT_ID_LENGTH) return false;
    at = moved;
    events.push({ id, ...event });
    return true;
  };
  emit({}, { retry: look.pollIntervalMs });
  const { progress = at.progress } = look;
  for (const message of look.before ?? []) emit({ progress }, { message });
  for (const key of look.ask) {
    const question = look.questions[key] as Question;
    const message = buildQuestionRequest({ of: cursor.of, id: cursor.id, key }, question);
    if (!emit({ asked: [...at.asked, digestQuestionKey(key)] }, { message })) break;
  }
  return buildStreamReply(events);
}

/** The answer itself. Its id says that there is nothing to come back for: a client may do so after an error. */
export function endStream(cursor: StreamCursor, response: JsonObject, before: readonly JsonObject[] = []): Reply {
  const at = (sequence: number) => encodeStreamCursor({ ...cursor, asked: [], sequence: cursor.sequence + sequence });
  const last = { ...cursor, asked: [], sequence: cursor.sequence + before.length + 1, done: true } as const;
  return buildStreamReply([
    ...before.map((message, index) => ({ id: at(index + 1), message })),
    { id: encodeStreamCursor(last), message: response },
  ]);
}

/**
 * An error that ends a resumed stream whose subject is gone. Without an id: the client, which comes back after
 * an error, then asks for a plain stream, and takes no for an answer.
 */
export const failStream = (response: JsonObject): Reply => buildStreamReply([{ message: response }]);
