/** Headers that are missing, malformed or different from the body. */
import { buildRequest, TEST_REVISION } from '../../../support/requests.ts';
import { type BadInput, buildEchoRequest, buildLegacyRequest, buildListRequest, encodeHeader } from './case.ts';

export const BAD_HEADERS: readonly BadInput[] = [
  // Headers that mirror the body.
  {
    name: 'no MCP-Protocol-Version',
    sent: buildListRequest({ headers: { 'mcp-protocol-version': undefined } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another MCP-Protocol-Version',
    sent: buildListRequest({ headers: { 'mcp-protocol-version': '2025-11-25' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'no Mcp-Method',
    sent: buildListRequest({ headers: { 'mcp-method': undefined } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another Mcp-Method',
    sent: buildListRequest({ headers: { 'mcp-method': 'tools/call' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'Mcp-Method in capitals',
    sent: buildListRequest({ headers: { 'mcp-method': 'Tools/List' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'no Mcp-Name',
    sent: buildEchoRequest({ text: 'x' }, { headers: { 'mcp-name': undefined } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another Mcp-Name',
    sent: buildEchoRequest({ text: 'x' }, { headers: { 'mcp-name': 'other' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another Mcp-Name in Base64',
    sent: buildEchoRequest({ text: 'x' }, { headers: { 'mcp-name': encodeHeader('other') } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'an Mcp-Name whose Base64 is invalid',
    sent: buildEchoRequest({ text: 'x' }, { headers: { 'mcp-name': '=?base64?ZWN?=' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'an Mcp-Name whose Base64 is not UTF-8',
    sent: buildEchoRequest({ text: 'x' }, { headers: { 'mcp-name': '=?base64?/w==?=' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'no Mcp-Param header',
    sent: buildRequest('tools/call', { name: 'routed', arguments: { region: 'eu' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another Mcp-Param header',
    sent: buildRequest(
      'tools/call',
      { name: 'routed', arguments: { region: 'eu' } },
      { headers: { 'mcp-param-region': 'us' } },
    ),
    status: 400,
    code: -32020,
  },
  {
    name: 'an Mcp-Param header whose Base64 is invalid',
    sent: buildRequest(
      'tools/call',
      { name: 'routed', arguments: { region: 'eu' } },
      { headers: { 'mcp-param-region': '=?base64?x?=' } },
    ),
    status: 400,
    code: -32020,
  },
  {
    name: 'an Mcp-Param header for another number',
    sent: buildRequest(
      'tools/call',
      { name: 'routed', arguments: { region: 'eu', at: { shard: 42 } } },
      { headers: { 'mcp-param-region': 'eu', 'mcp-param-shard': '43' } },
    ),
    status: 400,
    code: -32020,
  },
  {
    name: 'no Mcp-Name on a poll',
    sent: buildRequest('tasks/get', { taskId: 'x' }, { headers: { 'mcp-name': undefined } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another Mcp-Name on a poll',
    sent: buildRequest('tasks/get', { taskId: 'x' }, { headers: { 'mcp-name': 'y' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'a handshake under a header of 2026-07-28',
    sent: buildLegacyRequest({ method: 'initialize' }, { 'mcp-protocol-version': TEST_REVISION }),
    status: 400,
    code: -32020,
  },
];
