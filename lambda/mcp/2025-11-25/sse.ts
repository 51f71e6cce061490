/** Server-sent events, written and read: a whole stream at once, since answers are buffered. */
import { isObject, type JsonObject, type Reply } from '../rpc.ts';

export interface StreamEvent {
  /** From here the client may resume. */
  readonly id?: string;
  /** When the client should come back after the stream has ended (ms). */
  readonly retry?: number;
  /** A JSON-RPC message; without one the event only says where the stream stands. */
  readonly message?: JsonObject;
}

export const buildStreamReply = (events: readonly StreamEvent[]): Reply => ({
  status: 200,
  headers: {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  },
  body: events.map(formatStreamEvent).join(''),
});

const formatStreamEvent = ({ id, retry, message }: StreamEvent): string =>
  [
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(retry === undefined ? [] : [`retry: ${retry}`]),
    `data: ${message === undefined ? '' : JSON.stringify(message)}`,
    '\n',
  ].join('\n');

/** The JSON-RPC messages of an answer of the official SDK, in JSON or as events. */
export function parseReplyMessages({ headers, body = '' }: Reply): JsonObject[] {
  const texts = headers['content-type']?.startsWith('text/event-stream')
    ? body.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []))
    : [body];
  return texts.flatMap((text) => {
    try {
      const message: unknown = JSON.parse(text);
      return isObject(message) ? [message] : [];
    } catch {
      return [];
    }
  });
}
