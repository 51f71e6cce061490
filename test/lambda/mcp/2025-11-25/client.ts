/** A client of 2025-11-25 at the front door, message by message. */
import type { ServerDefinition } from '../../../../lambda/tool/types.ts';
import { createTestFrontDoor, type TestFrontDoorOptions, type TestReply } from '../../../support/front-door.ts';

export const LEGACY_REVISION = '2025-11-25';
export const LEGACY_FORM_CAPABILITIES = { elicitation: {} };
export const RELATED_TASK_KEY = 'io.modelcontextprotocol/related-task';

/** One event of a stream. */
export interface ReceivedEvent {
  readonly id?: string;
  readonly retry?: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  readonly message?: any;
}

export function parseStreamEvents(text: string): ReceivedEvent[] {
  return text
    .split('\n\n')
    .filter(Boolean)
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const [id, retry, data] = [field('id'), field('retry'), field('data')];
      return {
        ...(id !== undefined && { id }),
        ...(retry !== undefined && { retry: Number(retry) }),
        ...(data && { message: JSON.parse(data) }),
      };
    });
}

export interface StreamReply {
  readonly status: number;
  readonly type: string | undefined;
  readonly events: readonly ReceivedEvent[];
  /** The messages of the events that have one. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  readonly messages: readonly any[];
  /** Where to resume. */
  readonly lastEventId: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  readonly json: any;
}

const toStreamReply = ({ status, headers, text, json }: TestReply): StreamReply => {
  const type = headers['content-type'];
  const events = type === 'text/event-stream' ? parseStreamEvents(text) : [];
  return {
    status,
    type,
    events,
    messages: events.flatMap(({ message }) => (message ? [message] : [])),
    lastEventId: events.findLast(({ id }) => id !== undefined)?.id ?? '',
    json,
  };
};

export type LegacyFrontDoor = ReturnType<typeof createTestFrontDoor>;
export const createLegacyFrontDoor = (
  definition: ServerDefinition,
  options: TestFrontDoorOptions = {},
): LegacyFrontDoor => createTestFrontDoor(definition, options);

export interface LegacyClientOptions {
  readonly capabilities?: Record<string, unknown>;
  readonly owner?: string;
  readonly version?: string;
}

/** Initialize, then behave as a client does: with the version and the session id on every request. */
export async function connectLegacyClient(
  frontDoor: LegacyFrontDoor,
  { capabilities = LEGACY_FORM_CAPABILITIES, owner, version = LEGACY_REVISION }: LegacyClientOptions = {},
) {
  const who = owner === undefined ? {} : { owner };
  const params = { protocolVersion: version, capabilities, clientInfo: { name: 'test', version: '1' } };
  const initialized = await frontDoor.send({ body: { jsonrpc: '2.0', id: 0, method: 'initialize', params }, ...who });
  const session = initialized.headers['mcp-session-id'] ?? '';
  const headers = { 'mcp-protocol-version': version, 'mcp-session-id': session };
  const post = (body: unknown, more: Record<string, string | undefined> = {}): Promise<TestReply> =>
    frontDoor.send({ headers: { ...headers, ...more }, body, ...who });
  return {
    initialized,
    session,
    headers,
    post,
    /** A request; `id` is 1 unless given. */
    call: (method: string, params: Record<string, unknown> = {}, id: string | number = 1): Promise<TestReply> =>
      post({ jsonrpc: '2.0', id, method, params }),
    stream: async (
      method: string,
      params: Record<string, unknown> = {},
      id: string | number = 1,
    ): Promise<StreamReply> => toStreamReply(await post({ jsonrpc: '2.0', id, method, params })),
    resume: async (
      lastEventId: string | undefined,
      more: Record<string, string | undefined> = {},
    ): Promise<StreamReply> =>
      toStreamReply(
        await frontDoor.send({
          method: 'GET',
          headers: {
            ...headers,
            accept: 'text/event-stream',
            'content-type': undefined,
            ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
            ...more,
          },
          ...who,
        }),
      ),
    /** Create a task. @returns its id */
    start: async (name: string, args: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => {
      const params = { name, arguments: args, task: {}, ...more };
      const { json } = await post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
      return json.result.task.taskId as string;
    },
  };
}

export type LegacyClient = Awaited<ReturnType<typeof connectLegacyClient>>;
