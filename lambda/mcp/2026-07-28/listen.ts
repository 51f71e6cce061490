/**
 * `subscriptions/listen` where an answer is buffered: the acknowledgement and the graceful end of the
 * subscription in one body. Polling is how tasks are followed here; nothing is promised that is not sent.
 */
import type { Exchange, Services } from '../exchange.ts';
import { invalidParams } from '../failure.ts';
import { isObject, type JsonObject, META, own, type Reply } from '../rpc.ts';
import { stamped } from './shapes.ts';
import { checkTasks } from './tasks.ts';

const FLAGS = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'];
const LISTS = ['resourceSubscriptions', 'taskIds'];

export function listen({ request }: Exchange, capabilities: JsonObject, { server }: Services): Reply {
  const notifications = own(request.params, 'notifications');
  if (isObject(notifications) && own(notifications, 'taskIds') !== undefined) checkTasks(capabilities);
  checkFilter(notifications);
  const subscription = { [META.subscriptionId]: request.id };
  const acknowledged = {
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    // Of what was asked for, what will be sent: nothing.
    params: { notifications: {}, _meta: subscription },
  };
  const ended = { jsonrpc: '2.0', id: request.id, result: stamped({ _meta: subscription }, server.info) };
  return {
    status: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
    body: [acknowledged, ended].map((message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`).join(''),
  };
}

function checkFilter(notifications: unknown): void {
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
