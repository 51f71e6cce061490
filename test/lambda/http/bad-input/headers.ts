/** Headers that are missing, broken or not what the body says. */
import { modern, VERSION } from '../../../support/requests.ts';
import { type BadInput, base64, echo, legacy, list } from './case.ts';

export const badHeaders: readonly BadInput[] = [
  // Headers that mirror the body.
  {
    name: 'no MCP-Protocol-Version',
    sent: list({ headers: { 'mcp-protocol-version': undefined } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another MCP-Protocol-Version',
    sent: list({ headers: { 'mcp-protocol-version': '2025-11-25' } }),
    status: 400,
    code: -32020,
  },
  { name: 'no Mcp-Method', sent: list({ headers: { 'mcp-method': undefined } }), status: 400, code: -32020 },
  { name: 'another Mcp-Method', sent: list({ headers: { 'mcp-method': 'tools/call' } }), status: 400, code: -32020 },
  {
    name: 'Mcp-Method in capitals',
    sent: list({ headers: { 'mcp-method': 'Tools/List' } }),
    status: 400,
    code: -32020,
  },
  { name: 'no Mcp-Name', sent: echo({ text: 'x' }, { headers: { 'mcp-name': undefined } }), status: 400, code: -32020 },
  {
    name: 'another Mcp-Name',
    sent: echo({ text: 'x' }, { headers: { 'mcp-name': 'other' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another Mcp-Name in Base64',
    sent: echo({ text: 'x' }, { headers: { 'mcp-name': base64('other') } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'an Mcp-Name whose Base64 is broken',
    sent: echo({ text: 'x' }, { headers: { 'mcp-name': '=?base64?ZWN?=' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'an Mcp-Name whose Base64 is no UTF-8',
    sent: echo({ text: 'x' }, { headers: { 'mcp-name': '=?base64?/w==?=' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'no Mcp-Param header',
    sent: modern('tools/call', { name: 'routed', arguments: { region: 'eu' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another Mcp-Param header',
    sent: modern(
      'tools/call',
      { name: 'routed', arguments: { region: 'eu' } },
      { headers: { 'mcp-param-region': 'us' } },
    ),
    status: 400,
    code: -32020,
  },
  {
    name: 'an Mcp-Param header whose Base64 is broken',
    sent: modern(
      'tools/call',
      { name: 'routed', arguments: { region: 'eu' } },
      { headers: { 'mcp-param-region': '=?base64?x?=' } },
    ),
    status: 400,
    code: -32020,
  },
  {
    name: 'an Mcp-Param header for another number',
    sent: modern(
      'tools/call',
      { name: 'routed', arguments: { region: 'eu', at: { shard: 42 } } },
      { headers: { 'mcp-param-region': 'eu', 'mcp-param-shard': '43' } },
    ),
    status: 400,
    code: -32020,
  },
  {
    name: 'no Mcp-Name on a poll',
    sent: modern('tasks/get', { taskId: 'x' }, { headers: { 'mcp-name': undefined } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'another Mcp-Name on a poll',
    sent: modern('tasks/get', { taskId: 'x' }, { headers: { 'mcp-name': 'y' } }),
    status: 400,
    code: -32020,
  },
  {
    name: 'a handshake under a header of 2026-07-28',
    sent: legacy({ method: 'initialize' }, { 'mcp-protocol-version': VERSION }),
    status: 400,
    code: -32020,
  },
];
