/**
 * `subscriptions/listen`. Where an answer is buffered: the acknowledgement and the graceful end of the subscription
 * in one body, and polling is how tasks are followed. Where it streams: what becomes of the caller's tasks, as it
 * happens. Nothing is promised that is not sent.
 */
import type { Exchange, Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';
import { getOwn, isObject, type JsonObject, META_KEYS, type Reply, type RpcId } from '../rpc.ts';
import { readInputCapabilities } from './capabilities.ts';
import { findOwnTasks, watchTasks } from './listen-tasks.ts';
import { stampResult } from './shapes.ts';
import { checkTasksDeclared } from './tasks.ts';

const FLAG_FILTERS = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'];
const LIST_FILTERS = ['resourceSubscriptions', 'taskIds'];

/** Most tasks that one subscription follows; each costs a read whenever it is looked at. */
export const MAX_SUBSCRIBED_TASKS = 100;

/** @throws Refusal 400 -32021 for task ids without the extension, -32602 for a filter that is none */
export async function handleSubscriptionsListen(
  exchange: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<Reply> {
  const notifications = getOwn(exchange.request.params, 'notifications');
  if (isObject(notifications) && getOwn(notifications, 'taskIds') !== undefined) checkTasksDeclared(capabilities);
  checkFilter(notifications);
  const say = createSubscriptionEvents(exchange.request.id, services);
  const { streamsUntil } = exchange;
  const wanted = streamsUntil !== undefined ? ((getOwn(notifications, 'taskIds') as string[] | undefined) ?? []) : [];
  const tasks = await findOwnTasks(
    exchange.caller,
    [...new Set(wanted)].slice(0, MAX_SUBSCRIBED_TASKS),
    services.engine,
  );
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
  const can = readInputCapabilities(capabilities);
  const news = watchTasks(tasks, { ...services, caller: exchange.caller, until: streamsUntil, can });
  return { status: 200, headers, stream: streamNotifications(acknowledged, news, say) };
}

async function* streamNotifications(
  acknowledged: string,
  news: AsyncIterable<JsonObject | 'nothing new'>,
  say: SubscriptionEvents,
): AsyncGenerator<string> {
  yield acknowledged;
  for await (const task of news)
    yield task === 'nothing new' ? ': nothing new\n\n' : say.notification('notifications/tasks', task);
  yield say.end();
}

type SubscriptionEvents = ReturnType<typeof createSubscriptionEvents>;

/** Messages of one subscription as server-sent events: each names the subscription, which is the request's id. */
function createSubscriptionEvents(id: RpcId, { server }: Services) {
  const _meta = { [META_KEYS.subscriptionId]: id };
  const event = (message: JsonObject): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`;
  return {
    notification: (method: string, params: JsonObject) =>
      event({ jsonrpc: '2.0', method, params: { ...params, _meta } }),
    end: () => event({ jsonrpc: '2.0', id, result: stampResult({ _meta }, server.info) }),
  };
}

function checkFilter(notifications: unknown): asserts notifications is JsonObject {
  const fits =
    isObject(notifications) &&
    FLAG_FILTERS.every((name) => ['boolean', 'undefined'].includes(typeof getOwn(notifications, name))) &&
    LIST_FILTERS.every(
      (name) => getOwn(notifications, name) === undefined || isStringList(getOwn(notifications, name)),
    );
  if (!fits)
    throw refuseParams(
      '"notifications" must be an object of boolean flags, with "resourceSubscriptions" and "taskIds" as lists of strings.',
    );
}

const isStringList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
