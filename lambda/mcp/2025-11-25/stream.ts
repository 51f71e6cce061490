/**
 * Streams that bring the answer to a request: each reply holds a few events and ends, until the client resumes it.
 * Waiting inside the request would occupy a Lambda, and API Gateway would cut it off at 30 s.
 */
import { digestQuestionKey, type StreamReader } from '../../engine/api/follow.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { CODE, Refusal, refuseParams } from '../failure.ts';
import { getHeader } from '../headers.ts';
import type { InputRequest } from '../input-requests.ts';
import type { JsonObject, Reply, RpcId } from '../rpc.ts';
import { EVENT_STREAM_HEADERS, formatServerSentEvent, type ServerSentEvent } from '../sse.ts';
import { encodeStreamCursor, fitsCursor, MAX_EVENT_ID_LENGTH, type StreamCursor } from './cursor.ts';
import type { ClientProfile } from './session.ts';
import { buildQuestionRequest } from './shapes.ts';

/**
 * The beginning of a stream that is to bring the answer to a request.
 * @throws Refusal when the client cannot be answered on one
 */
export function openStream(
  { headers }: HttpMessage,
  request: RpcId,
  subject: Pick<StreamCursor, 'of' | 'id'>,
  { createCallId }: Services,
): StreamCursor {
  const accept = getHeader(headers, 'Accept');
  if (accept !== undefined && !/text\/event-stream|text\/\*|\*\/\*/i.test(accept))
    throw new Refusal(
      406,
      CODE.transport,
      'Not Acceptable: the answer comes on a stream, so the client must accept text/event-stream.',
    );
  if (!fitsCursor(request)) throw refuseParams('The id of this request is too long to be answered on a stream.');
  return { ...subject, request, stream: createCallId().slice(-16), sequence: 0, progress: -1, asked: [] };
}

/** The client that holds this cursor. */
export const toStreamReader = (cursor: StreamCursor, openSession: () => Promise<ClientProfile>): StreamReader => ({
  seen: new Set(cursor.asked),
  canAsk: async () => (await openSession()).can,
});

export interface StreamUpdate {
  readonly pollIntervalMs: number;
  /** All outstanding questions. */
  readonly questions: Readonly<Record<string, InputRequest>>;
  /** Keys of those to send now. */
  readonly ask: readonly string[];
  /** Messages to send before them. */
  readonly before?: readonly JsonObject[];
  /** The number in the last progress notification among these. */
  readonly progress?: number;
}

/** The stream continues: when to come back, and the messages to send now. */
export function continueStream(cursor: StreamCursor, update: StreamUpdate): Reply {
  const outstanding = new Set(Object.keys(update.questions).map(digestQuestionKey));
  let position: StreamCursor = { ...cursor, asked: cursor.asked.filter((digest) => outstanding.has(digest)) };
  const events: ServerSentEvent[] = [];
  const emit = (next: Partial<StreamCursor>, event: Omit<ServerSentEvent, 'id'>): boolean => {
    const moved = { ...position, ...next, sequence: position.sequence + 1 };
    const id = encodeStreamCursor(moved);
    // A question that does not fit is sent once others are answered and gone from the id.
    if (id.length > MAX_EVENT_ID_LENGTH) return false;
    position = moved;
    events.push({ id, ...event });
    return true;
  };
  emit({}, { retry: update.pollIntervalMs });
  const { progress = position.progress } = update;
  for (const data of update.before ?? []) emit({ progress }, { data });
  for (const key of update.ask) {
    const question = update.questions[key] as InputRequest;
    const data = buildQuestionRequest({ of: cursor.of, id: cursor.id, key }, question);
    if (!emit({ asked: [...position.asked, digestQuestionKey(key)] }, { data })) break;
  }
  return buildStreamReply(events);
}

/** The answer itself. Its id marks the stream as done: a client may try to resume it after an error. */
export function endStream(cursor: StreamCursor, response: JsonObject, before: readonly JsonObject[] = []): Reply {
  const encode = (events: number) => encodeStreamCursor({ ...cursor, asked: [], sequence: cursor.sequence + events });
  const last = { ...cursor, asked: [], sequence: cursor.sequence + before.length + 1, done: true } as const;
  return buildStreamReply([
    ...before.map((data, index) => ({ id: encode(index + 1), data })),
    { id: encodeStreamCursor(last), data: response },
  ]);
}

/**
 * An error that ends a resumed stream whose subject is gone. Without an id: the client, which comes back after an
 * error, then asks for a plain stream and accepts the refusal.
 */
export const failStream = (response: JsonObject): Reply => buildStreamReply([{ data: response }]);

const buildStreamReply = (events: readonly ServerSentEvent[]): Reply => ({
  status: 200,
  headers: EVENT_STREAM_HEADERS,
  body: events.map(formatServerSentEvent).join(''),
});
