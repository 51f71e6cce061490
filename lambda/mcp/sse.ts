/** Writing server-sent events. */

/** Response headers of an event stream; proxies must neither cache nor buffer it. */
export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

export interface ServerSentEvent {
  /** The event's type. Default: the field is left out, which a client reads as `message`. */
  readonly event?: string;
  /** Where the client may resume. */
  readonly id?: string;
  /** When the client should reconnect after the stream has ended (ms). */
  readonly retry?: number;
  /** Sent as JSON. Absent: an empty event, which carries only the other fields. */
  readonly data?: unknown;
}

export function formatServerSentEvent({ event, id, retry, data }: ServerSentEvent): string {
  const lines = [`data: ${data === undefined ? '' : JSON.stringify(data)}`];
  if (retry !== undefined) lines.unshift(`retry: ${retry}`);
  if (id !== undefined) lines.unshift(`id: ${id}`);
  if (event !== undefined) lines.unshift(`event: ${event}`);
  return `${lines.join('\n')}\n\n`;
}

/** A comment, which clients ignore: it shows that the connection is alive. */
export const formatSseComment = (text: string): string => `: ${text}\n\n`;
