/** Task methods, subscriptions, notifications and responses. */
import { buildRequest, DECLARED_TASKS, TEST_REVISION, type TestRequestOptions } from '../../../support/requests.ts';
import { type BadInput, buildLegacyRequest, buildListRequest, NO_TASKS_REASON } from './case.ts';

export const BAD_TASK_REQUESTS: readonly BadInput[] = [
  // Tasks.
  ...['tasks/get', 'tasks/update', 'tasks/cancel'].flatMap((method): BadInput[] => {
    const call = (taskId: unknown, more: TestRequestOptions = {}) =>
      buildRequest(method, { taskId, inputResponses: {} }, more);
    const id = 'x'.repeat(100_000);
    return [
      {
        name: `${method}, undeclared`,
        sent: call('x', { capabilities: {} }),
        status: 400,
        code: -32021,
        sdkDiffers: NO_TASKS_REASON,
      },
      {
        name: `${method}, unknown id`,
        sent: call('01m7z3drp7m14a43073n8mhs1chg724mw20q'),
        status: 200,
        code: -32602,
        sdkDiffers: NO_TASKS_REASON,
      },
      {
        name: `${method}, id __proto__`,
        sent: call('__proto__'),
        status: 200,
        code: -32602,
        sdkDiffers: NO_TASKS_REASON,
      },
      { name: `${method}, id that is empty`, sent: call(''), status: 200, code: -32602, sdkDiffers: NO_TASKS_REASON },
      { name: `${method}, id that is a number`, sent: call(5), status: 200, code: -32602, sdkDiffers: NO_TASKS_REASON },
      { name: `${method}, no id`, sent: call(undefined), status: 200, code: -32602, sdkDiffers: NO_TASKS_REASON },
      {
        name: `${method}, id with a lone surrogate`,
        sent: call('x\ud800', { headers: { 'mcp-name': undefined } }),
        status: 400,
        code: -32020,
      },
      {
        name: `${method}, id of 100 KB in a body that no header repeats`,
        sent: call(id, { headers: { 'mcp-name': undefined } }),
        status: 400,
        code: -32020,
      },
      {
        name: `${method}, id of 100 KB`,
        sent: call(id),
        status: 200,
        code: -32602,
        sdkDiffers: NO_TASKS_REASON,
        handlerOnly: true,
      },
    ];
  }),
  {
    name: 'tasks/update, inputResponses as a list',
    sent: buildRequest('tasks/update', { taskId: 'x', inputResponses: [] }),
    status: 200,
    code: -32602,
    sdkDiffers: NO_TASKS_REASON,
  },
  {
    name: 'tasks/update, no inputResponses',
    sent: buildRequest('tasks/update', { taskId: 'x' }),
    status: 200,
    code: -32602,
    sdkDiffers: NO_TASKS_REASON,
  },
  {
    name: 'tasks/update, a response that is not an object',
    sent: buildRequest('tasks/update', { taskId: 'x', inputResponses: { a: 'yes' } }),
    status: 200,
    code: -32602,
    sdkDiffers: NO_TASKS_REASON,
  },
  // Subscriptions.
  { name: 'listen without notifications', sent: buildRequest('subscriptions/listen'), status: 200, code: -32602 },
  {
    name: 'listen with a flag that is not a boolean',
    sent: buildRequest('subscriptions/listen', { notifications: { toolsListChanged: 1 } }),
    status: 200,
    code: -32602,
  },
  {
    name: 'listen with null for a list',
    sent: buildRequest('subscriptions/listen', { notifications: { resourceSubscriptions: null } }),
    status: 200,
    code: -32602,
  },
  {
    name: 'listen with task ids that are not a list',
    sent: buildRequest('subscriptions/listen', { notifications: { taskIds: 'x' } }),
    status: 200,
    code: -32602,
    sdkDiffers: NO_TASKS_REASON,
  },
  {
    name: 'listen for tasks, undeclared',
    sent: buildRequest('subscriptions/listen', { notifications: { taskIds: ['x'] } }, { capabilities: {} }),
    status: 400,
    code: -32021,
    sdkDiffers: NO_TASKS_REASON,
  },
  // Notifications and responses.
  {
    name: 'a notification under another Mcp-Method',
    sent: {
      headers: { 'mcp-protocol-version': TEST_REVISION, 'mcp-method': 'x' },
      body: { jsonrpc: '2.0', method: 'notifications/cancelled' },
    },
    status: 400,
    code: -32020,
  },
  {
    name: 'a response under a header of 2026-07-28',
    sent: { headers: { 'mcp-protocol-version': TEST_REVISION }, body: { jsonrpc: '2.0', id: 1, result: {} } },
    status: 400,
    code: -32000,
  },
  {
    name: 'a poll of 2025-11-25 for a task that does not exist',
    sent: buildLegacyRequest(
      { method: 'tasks/get', params: { taskId: 'x' } },
      { 'mcp-protocol-version': '2025-11-25' },
    ),
    status: 200,
    code: -32602,
    sdkDiffers: NO_TASKS_REASON,
  },
  {
    name: 'a poll in a revision before tasks',
    sent: buildLegacyRequest(
      { method: 'tasks/get', params: { taskId: 'x' } },
      { 'mcp-protocol-version': '2025-06-18' },
    ),
    status: 200,
    code: -32601,
  },
  {
    name: 'capabilities of the tasks extension as a string',
    sent: buildListRequest({ capabilities: { ...DECLARED_TASKS, elicitation: [] } }),
    status: 400,
    code: -32602,
  },
];
