/** Bodies that are not JSON, or not a JSON-RPC message. */
import {
  type BadInput,
  buildLegacyRequest,
  buildListRequest,
  buildRawEchoRequest,
  buildRawRequest,
  changeMessage,
  nestArrays,
} from './case.ts';

export const BAD_BODIES: readonly BadInput[] = [
  // The body is not JSON.
  { name: 'not JSON', sent: buildRawRequest('{"jsonrpc":'), status: 400, code: -32700 },
  { name: 'not JSON, no header', sent: { text: 'hello' }, status: 400, code: -32700 },
  { name: 'an empty body', sent: buildRawRequest(''), status: 400, code: -32700 },
  { name: 'a million open brackets', sent: buildRawRequest('['.repeat(1_000_000)), status: 400, code: -32700 },
  { name: 'a million open braces', sent: buildRawRequest('{"a":'.repeat(200_000)), status: 400, code: -32700 },
  {
    name: 'half a million nested brackets',
    sent: buildRawRequest(nestArrays(500_000)),
    status: 400,
    code: -32700,
    sdkDiffers: 'the SDK parses any depth and sees a batch; here depth is limited before parsing',
  },
  {
    name: 'arguments nested 101 deep',
    sent: buildRawEchoRequest(`{"text":${nestArrays(101)}}`),
    status: 400,
    code: -32700,
    sdkDiffers: 'the SDK parses any depth; here what recurses over a body must not run out of stack',
  },
  // The body is not a JSON-RPC message.
  { name: 'a batch', sent: { ...buildListRequest(), body: [buildListRequest().body] }, status: 400, code: -32600 },
  { name: 'an empty batch', sent: { ...buildListRequest(), body: [] }, status: 400, code: -32600 },
  {
    name: 'a batch of an earlier revision',
    sent: { body: [buildLegacyRequest().body] },
    status: 400,
    code: -32600,
    sdkDiffers:
      'the SDK still serves the batches of 2025-03-26, whatever version the header names; MCP removed them with 2025-06-18',
  },
  { name: 'a number', sent: buildRawRequest('5'), status: 400, code: -32600 },
  { name: 'null', sent: buildRawRequest('null'), status: 400, code: -32600 },
  { name: 'a string', sent: buildRawRequest('"tools/list"'), status: 400, code: -32600 },
  { name: 'no jsonrpc', sent: changeMessage({ jsonrpc: undefined }), status: 400, code: -32600 },
  { name: 'jsonrpc 1.0', sent: changeMessage({ jsonrpc: '1.0' }), status: 400, code: -32600 },
  { name: 'jsonrpc as a number', sent: changeMessage({ jsonrpc: 2 }), status: 400, code: -32600 },
  { name: 'an id of null', sent: changeMessage({ id: null }), status: 400, code: -32600 },
  { name: 'an id with a fraction', sent: changeMessage({ id: 1.5 }), status: 400, code: -32600 },
  { name: 'an id beyond safe integers', sent: changeMessage({ id: 2 ** 60 }), status: 400, code: -32600 },
  { name: 'an id that is an object', sent: changeMessage({ id: {} }), status: 400, code: -32600 },
  { name: 'a method that is not a string', sent: changeMessage({ method: 5 }), status: 400, code: -32600 },
  { name: 'no method', sent: changeMessage({ method: undefined }), status: 400, code: -32600 },
  { name: 'params as a list', sent: changeMessage({ params: [] }), status: 400, code: -32600 },
  { name: 'params of null', sent: changeMessage({ params: null }), status: 400, code: -32600 },
  { name: '_meta as a string', sent: changeMessage({ params: { _meta: 'x' } }), status: 400, code: -32600 },
  { name: 'a member that JSON-RPC does not define', sent: changeMessage({ extra: 1 }), status: 400, code: -32600 },
  {
    name: 'a progress token that is an object',
    sent: buildListRequest({ meta: { progressToken: {} } }),
    status: 400,
    code: -32600,
  },
  {
    name: 'both result and error',
    sent: { body: { jsonrpc: '2.0', id: 1, result: {}, error: { code: 1, message: '' } } },
    status: 400,
    code: -32600,
  },
];
