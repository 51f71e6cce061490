/**
 * `subscriptions/listen`. Where an answer is buffered: the acknowledgement and the graceful end of the subscription
 * in one body, and polling is how tasks are followed. Where it streams: what becomes of the caller's tasks, as it
 * happens. Nothing is promised that is not sent.
 */
import type { Exchange, Services } from '../exchange.ts';
import { invalidParams } from '../failure.ts';
import { isObject, type JsonObject, META, own, type Reply, type RpcId } from '../rpc.ts';
import { inputCapabilities } from './capabilities.ts';
import { follow, ownTasks } from './listen-tasks.ts';
import { stamped } from './shapes.ts';
import { checkTasks } from './tasks.ts';

const FLAGS = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'];
const LISTS = ['resourceSubscriptions', 'taskIds'];

/** Most tasks that one subscription follows; each costs a read whenever it is looked at. */
export const MOST_TASKS = 100;

/** @throws Refusal 400 -32021 for task ids without the extension, -32602 for a filter that is none */
export async function listen(exchange: Exchange, capabilities: JsonObject, services: Services): Promise<Reply> {
  const notifications = own(exchange.request.params, 'notifications');
  if (isObject(notifications) && own(notifications, 'taskIds') !== undefined) checkTasks(capabilities);
  checkFilter(notifications);
  const say = speaker(exchange.request.id, services);
  const { streamsUntil } = exchange;
  const wanted = streamsUntil !== undefined ? ((own(notifications, 'taskIds') as string[] | undefined) ?? []) : [];
  const tasks = await ownTasks(exchange.caller, [...new Set(wanted)].slice(0, MOST_TASKS), services.engine);
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  };
  // Of what was asked for, what will be sent.
  const acknowledged = say.notification('notifications/subscriptions/acknowledged', {
    notifications: tasks.length > 0 ? { taskIds: tasks.map(({ id }) => id) } : {},
  });
  if (tasks.length === 0 || streamsUntil === undefined) return { status: 200, headers, body: acknowledged + say.end() };
  const can = inputCapabilities(capabilities);
  const news = follow(tasks, { ...services, caller: exchange.caller, until: streamsUntil, can });
  return { status: 200, headers, stream: spoken(acknowledged, news, say) };
}

async function* spoken(
  acknowledged: string,
  news: AsyncIterable<JsonObject | 'nothing new'>,
  say: Speaker,
): AsyncGenerator<string> {
  yield acknowledged;
  for await (const task of news)
    yield task === 'nothing new' ? ': nothing new\n\n' : say.notification('notifications/tasks', task);
  yield say.end();
}

type Speaker = ReturnType<typeof speaker>;

/** Messages of one subscription as server-sent events: each names the subscription, which is the request's id. */
function speaker(id: RpcId, { server }: Services) {
  const _meta = { [META.subscriptionId]: id };
  const event = (message: JsonObject): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`;
  return {
    notification: (method: string, params: JsonObject) =>
      event({ jsonrpc: '2.0', method, params: { ...params, _meta } }),
    end: () => event({ jsonrpc: '2.0', id, result: stamped({ _meta }, server.info) }),
  };
}

function checkFilter(notifications: unknown): asserts notifications is JsonObject {
  const fits =
    isObject(notifications) &&
    FLAGS.every((name) => ['boolean', 'undefined'].includes(typeof own(notifications, name))) &&
    LISTS.every((name) => own(notifications, name) === undefined || isListOfStrings(own(notifications, name)));
  if (!fits)
    throw invalidParams(
      '"notifications" must be an object of boolean flags, with "resourceSubscriptions" and "taskIds" as lists of strings.',
    );
}

const isListOfStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
