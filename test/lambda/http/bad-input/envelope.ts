/** Versions and `_meta`. */
import { META_KEYS, TASKS_EXTENSION } from '../../../../lambda/mcp/rpc.ts';
import { TEST_REVISION } from '../../../support/requests.ts';
import { type BadInput, buildLegacyRequest, buildListRequest, buildMetaRequest, changeMessage } from './case.ts';

export const BAD_ENVELOPES: readonly BadInput[] = [
  // Versions.
  {
    name: 'an unsupported version',
    sent: buildListRequest({
      meta: { [META_KEYS.protocolVersion]: '2099-01-01' },
      headers: { 'mcp-protocol-version': '2099-01-01' },
    }),
    status: 400,
    code: -32022,
  },
  {
    name: 'an unsupported version, no headers at all',
    sent: { body: buildListRequest({ meta: { [META_KEYS.protocolVersion]: '2099-01-01' } }).body },
    status: 400,
    code: -32022,
  },
  {
    name: 'a version with a handshake, claimed in _meta',
    sent: buildListRequest({
      meta: { [META_KEYS.protocolVersion]: '2025-11-25' },
      headers: { 'mcp-protocol-version': '2025-11-25' },
    }),
    status: 400,
    code: -32022,
  },
  {
    name: 'an unknown version, in the header alone',
    sent: buildLegacyRequest({}, { 'mcp-protocol-version': '1999-01-01' }),
    status: 400,
    code: -32000,
  },
  {
    name: 'a later version, in the header alone',
    sent: buildLegacyRequest({}, { 'mcp-protocol-version': '2099-01-01' }),
    status: 400,
    code: -32602,
  },
  // _meta.
  { name: 'no _meta', sent: changeMessage({ params: {} }), status: 400, code: -32602 },
  { name: 'no params', sent: changeMessage({ params: undefined }), status: 400, code: -32602 },
  {
    name: '_meta without the version',
    sent: buildMetaRequest({ [META_KEYS.clientCapabilities]: {} }),
    status: 400,
    code: -32602,
  },
  {
    name: '_meta without the capabilities',
    sent: buildMetaRequest({ [META_KEYS.protocolVersion]: TEST_REVISION }),
    status: 400,
    code: -32602,
  },
  {
    name: 'a version that is not a string',
    sent: buildListRequest({ meta: { [META_KEYS.protocolVersion]: 20260728 } }),
    status: 400,
    code: -32602,
  },
  {
    name: 'capabilities that are not an object',
    sent: buildListRequest({ meta: { [META_KEYS.clientCapabilities]: 5 } }),
    status: 400,
    code: -32602,
  },
  ...[
    { extensions: { [TASKS_EXTENSION]: true } },
    { extensions: [] },
    { elicitation: 'form' },
    { elicitation: { form: 5 } },
    { elicitation: { form: { applyDefaults: 1 } } },
    { elicitation: { url: true } },
    { sampling: { tools: 1 } },
    { roots: { listChanged: 'yes' } },
    { experimental: { x: 1 } },
  ].map((capabilities) => ({
    name: `the capabilities ${JSON.stringify(capabilities)}`,
    sent: buildListRequest({ capabilities }),
    status: 400,
    code: -32602,
  })),
  ...[5, {}, { name: 'x' }, { name: 'x', version: 1 }, { name: 'x', version: '1', icons: [{}] }].map((info) => ({
    name: `the client ${JSON.stringify(info)}`,
    sent: buildListRequest({ meta: { [META_KEYS.clientInfo]: info } }),
    status: 400,
    code: -32602,
  })),
  {
    name: 'an unknown log level',
    sent: buildListRequest({ meta: { [META_KEYS.logLevel]: 'loud' } }),
    status: 400,
    code: -32602,
  },
];
