/**
 * `subscriptions/listen`. A buffered reply holds the acknowledgement and the graceful end of the subscription, and the
 * client polls. A streamed one also carries each change of the caller's tasks as it happens. Nothing is promised that
 * is not sent.
 */
import { readInputCapabilities } from '../capabilities.ts';
import type { Exchange, Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';
import { getOwn, isObject, type JsonObject, META_KEYS, type Reply, type RpcId } from '../rpc.ts';
import { EVENT_STREAM_HEADERS, formatServerSentEvent, formatSseComment } from '../sse.ts';
import { checkTasksDeclared } from './capabilities.ts';
import { findOwnTasks, watchTasks } from './listen-tasks.ts';
import { stampResult } from './shapes.ts';

const FLAG_FILTERS = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'];
const LIST_FILTERS = ['resourceSubscriptions', 'taskIds'];

/** Most tasks that one subscription follows; each costs a read whenever it is looked at. */
export const MAX_SUBSCRIBED_TASKS = 100;

/** @throws Refusal 400 -32021 for task ids without the extension, -32602 for an invalid filter */
export async function handleSubscriptionsListen(
  exchange: Exchange,
  capabilities: JsonObject,
  services: Services,
): Promise<Reply> {
  const { request, caller, streamsUntil } = exchange;
  const notifications = getOwn(request.params, 'notifications');
  if (isObject(notifications) && getOwn(notifications, 'taskIds') !== undefined) checkTasksDeclared(capabilities);
  checkFilter(notifications);
  const events = createSubscriptionEvents(request.id, services);
  const requested = (getOwn(notifications, 'taskIds') as string[] | undefined) ?? [];
  const ids = streamsUntil === undefined ? [] : [...new Set(requested)].slice(0, MAX_SUBSCRIBED_TASKS);
  const tasks = await findOwnTasks(caller, ids, services.engine);
  // Only what will be sent, of what was requested.
  const acknowledgement = events.notification('notifications/subscriptions/acknowledged', {
    notifications: tasks.length > 0 ? { taskIds: tasks.map(({ id }) => id) } : {},
  });
  const headers = EVENT_STREAM_HEADERS;
  if (tasks.length === 0 || streamsUntil === undefined)
    return { status: 200, headers, body: acknowledgement + events.end() };
  const canAsk = readInputCapabilities(capabilities);
  const changes = watchTasks(tasks, { ...services, caller, until: streamsUntil, canAsk });
  return { status: 200, headers, stream: streamChanges(acknowledgement, changes, events) };
}

async function* streamChanges(
  acknowledgement: string,
  changes: AsyncIterable<JsonObject | 'idle'>,
  events: SubscriptionEvents,
): AsyncGenerator<string> {
  yield acknowledgement;
  for await (const task of changes)
    yield task === 'idle' ? formatSseComment('nothing new') : events.notification('notifications/tasks', task);
  yield events.end();
}

type SubscriptionEvents = ReturnType<typeof createSubscriptionEvents>;

/** The messages of one subscription as server-sent events. Each names the subscription by its request's id. */
function createSubscriptionEvents(id: RpcId, { server }: Services) {
  const _meta = { [META_KEYS.subscriptionId]: id };
  const format = (message: JsonObject): string => formatServerSentEvent({ event: 'message', data: message });
  return {
    notification: (method: string, params: JsonObject) =>
      format({ jsonrpc: '2.0', method, params: { ...params, _meta } }),
    end: () => format({ jsonrpc: '2.0', id, result: stampResult({ _meta }, server.info) }),
  };
}

function checkFilter(notifications: unknown): asserts notifications is JsonObject {
  const isValid =
    isObject(notifications) &&
    FLAG_FILTERS.every((name) => ['boolean', 'undefined'].includes(typeof getOwn(notifications, name))) &&
    LIST_FILTERS.every(
      (name) => getOwn(notifications, name) === undefined || isStringList(getOwn(notifications, name)),
    );
  if (!isValid)
    throw refuseParams(
      '"notifications" must be an object of boolean flags, with "resourceSubscriptions" and "taskIds" as lists of strings.',
    );
}

const isStringList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
