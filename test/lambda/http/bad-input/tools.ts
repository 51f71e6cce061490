/** Methods that are unknown, and calls of tools that cannot be made. */
import { modern } from '../../../support/requests.ts';
import { type BadInput, echo, echoText, NO_TASKS } from './case.ts';

export const badCalls: readonly BadInput[] = [
  // Methods.
  { name: 'an unknown method', sent: modern('tools/guess'), status: 404, code: -32601 },
  { name: 'a method called __proto__', sent: modern('__proto__'), status: 404, code: -32601 },
  { name: 'a method called constructor', sent: modern('constructor'), status: 404, code: -32601 },
  { name: 'tasks/result, which was removed', sent: modern('tasks/result', { taskId: 'x' }), status: 404, code: -32601 },
  { name: 'tasks/list, which was removed', sent: modern('tasks/list'), status: 404, code: -32601 },
  { name: 'initialize, which was removed', sent: modern('initialize'), status: 404, code: -32601 },
  // Tools.
  { name: 'a tool that does not exist', sent: modern('tools/call', { name: 'nothing' }), status: 200, code: -32602 },
  { name: 'a tool called __proto__', sent: modern('tools/call', { name: '__proto__' }), status: 200, code: -32602 },
  { name: 'a tool called constructor', sent: modern('tools/call', { name: 'constructor' }), status: 200, code: -32602 },
  { name: 'no tool name', sent: modern('tools/call'), status: 200, code: -32602 },
  { name: 'a tool name that is a number', sent: modern('tools/call', { name: 5 }), status: 200, code: -32602 },
  { name: 'arguments as a list', sent: echo([]), status: 200, code: -32602 },
  { name: 'arguments of null', sent: echo(null), status: 200, code: -32602 },
  { name: 'arguments as text', sent: echo('text'), status: 200, code: -32602 },
  {
    name: 'an argument of the wrong type',
    sent: echo({ text: 5 }),
    status: 200,
    toolError: 'text: Invalid input: expected string, received number',
  },
  { name: 'an argument that is missing', sent: echo({}), status: 200, toolError: 'text: ' },
  { name: 'no arguments', sent: modern('tools/call', { name: 'echo' }), status: 200, toolError: 'text: ' },
  {
    name: 'two arguments that do not fit',
    sent: modern(
      'tools/call',
      { name: 'routed', arguments: { region: null, at: { shard: 'x' } } },
      { headers: { 'mcp-param-shard': 'x' } },
    ),
    status: 200,
    toolError: 'at.shard: Invalid input: expected number, received string',
  },
  {
    name: 'arguments under __proto__ alone',
    sent: echoText('{"__proto__":{"text":"x"}}'),
    status: 200,
    toolError: 'text: ',
  },
  {
    name: 'inputResponses that are no object',
    sent: modern('tools/call', { name: 'echo', arguments: { text: 'x' }, inputResponses: 5 }),
    status: 200,
    code: -32602,
    sdkDiffers: 'the SDK drops them without a word; SEP-2322 (Error Handling) wants them validated',
  },
  {
    name: 'a requestState that is no string',
    sent: modern('tools/call', { name: 'echo', arguments: { text: 'x' }, requestState: 5 }),
    status: 200,
    code: -32602,
  },
  {
    name: 'a forged requestState',
    sent: modern('tools/call', { name: 'echo', arguments: { text: 'x' }, requestState: 'AQ' }),
    status: 200,
    code: -32602,
    sdkDiffers: 'the SDK has no verdict: checking the seal is the server author’s part',
  },
  {
    name: 'a tool that requires tasks, undeclared',
    sent: modern('tools/call', { name: 'slow', arguments: {} }, { capabilities: {} }),
    status: 400,
    code: -32021,
    sdkDiffers: NO_TASKS,
  },
  {
    name: 'a tool that asks, from a client that cannot be asked',
    sent: modern('tools/call', { name: 'asking', arguments: {} }),
    status: 400,
    code: -32021,
    sdkDiffers: NO_TASKS,
  },
];
