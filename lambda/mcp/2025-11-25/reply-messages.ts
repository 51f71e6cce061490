/** Reading what the official SDK replied. */
import { isObject, type JsonObject, type Reply } from '../rpc.ts';

/** The JSON-RPC messages of a reply, whether it is JSON or an event stream; what cannot be parsed is left out. */
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
