/** Unknown methods, and calls of tools that cannot be made. */
import { buildRequest } from '../../../support/requests.ts';
import { type BadInput, buildEchoRequest, buildRawEchoRequest, NO_TASKS_REASON } from './case.ts';

export const BAD_TOOL_CALLS: readonly BadInput[] = [
  // Methods.
  { name: 'an unknown method', sent: buildRequest('tools/guess'), status: 404, code: -32601 },
  { name: 'a method called __proto__', sent: buildRequest('__proto__'), status: 404, code: -32601 },
  { name: 'a method called constructor', sent: buildRequest('constructor'), status: 404, code: -32601 },
  {
    name: 'tasks/result, which was removed',
    sent: buildRequest('tasks/result', { taskId: 'x' }),
    status: 404,
    code: -32601,
  },
  { name: 'tasks/list, which was removed', sent: buildRequest('tasks/list'), status: 404, code: -32601 },
  { name: 'initialize, which was removed', sent: buildRequest('initialize'), status: 404, code: -32601 },
  // Tools.
  {
    name: 'a tool that does not exist',
    sent: buildRequest('tools/call', { name: 'nothing' }),
    status: 200,
    code: -32602,
  },
  {
    name: 'a tool called __proto__',
    sent: buildRequest('tools/call', { name: '__proto__' }),
    status: 200,
    code: -32602,
  },
  {
    name: 'a tool called constructor',
    sent: buildRequest('tools/call', { name: 'constructor' }),
    status: 200,
    code: -32602,
  },
  { name: 'no tool name', sent: buildRequest('tools/call'), status: 200, code: -32602 },
  { name: 'a tool name that is a number', sent: buildRequest('tools/call', { name: 5 }), status: 200, code: -32602 },
  { name: 'arguments as a list', sent: buildEchoRequest([]), status: 200, code: -32602 },
  { name: 'arguments of null', sent: buildEchoRequest(null), status: 200, code: -32602 },
  { name: 'arguments as text', sent: buildEchoRequest('text'), status: 200, code: -32602 },
  {
    name: 'an argument of the wrong type',
    sent: buildEchoRequest({ text: 5 }),
    status: 200,
    toolError: 'text: Invalid input: expected string, received number',
  },
  { name: 'an argument that is missing', sent: buildEchoRequest({}), status: 200, toolError: 'text: ' },
  { name: 'no arguments', sent: buildRequest('tools/call', { name: 'echo' }), status: 200, toolError: 'text: ' },
  {
    name: 'two invalid arguments',
    sent: buildRequest(
      'tools/call',
      { name: 'routed', arguments: { region: null, at: { shard: 'x' } } },
      { headers: { 'mcp-param-shard': 'x' } },
    ),
    status: 200,
    toolError: 'at.shard: Invalid input: expected number, received string',
  },
  {
    name: 'arguments under __proto__ alone',
    sent: buildRawEchoRequest('{"__proto__":{"text":"x"}}'),
    status: 200,
    toolError: 'text: ',
  },
  {
    name: 'inputResponses that are not an object',
    sent: buildRequest('tools/call', { name: 'echo', arguments: { text: 'x' }, inputResponses: 5 }),
    status: 200,
    code: -32602,
    sdkDiffers: 'the SDK drops them silently; SEP-2322 (Error Handling) requires validation',
  },
  {
    name: 'a requestState that is not a string',
    sent: buildRequest('tools/call', { name: 'echo', arguments: { text: 'x' }, requestState: 5 }),
    status: 200,
    code: -32602,
  },
  {
    name: 'a forged requestState',
    sent: buildRequest('tools/call', { name: 'echo', arguments: { text: 'x' }, requestState: 'AQ' }),
    status: 200,
    code: -32602,
    sdkDiffers: 'the SDK has no verdict: checking the seal is the server author’s part',
  },
  {
    name: 'a tool that requires tasks, undeclared',
    sent: buildRequest('tools/call', { name: 'slow', arguments: {} }, { capabilities: {} }),
    status: 400,
    code: -32021,
    sdkDiffers: NO_TASKS_REASON,
  },
  {
    name: 'a tool that asks, from a client that cannot be asked',
    sent: buildRequest('tools/call', { name: 'asking', arguments: {} }),
    status: 400,
    code: -32021,
    sdkDiffers: NO_TASKS_REASON,
  },
];
