/** `redacted://{id}`: how a client reads what redact_dataset wrote. */
import { createHash } from 'node:crypto';
import type { McpServer } from '@modelcontextprotocol/server';
import { ProtocolError } from 'mcp-tasks-aws';
import type { OutputStore } from './outputs.ts';

const OUTPUT_ID = /^[0-9a-f]{32}$/;
const INVALID_PARAMS = -32602;

/** A response of Lambda has 6 MB at most; this leaves room for what is around the text. */
const MAX_TEXT_BYTES = 5_500_000;

/**
 * The id of what a step writes: the same on every attempt, and nothing that can be guessed or turned back into
 * the task's id. Whoever has it may read the output; so outputs are not listed anywhere.
 */
export const toOutputId = (stepKey: string): string => createHash('sha256').update(stepKey).digest('hex').slice(0, 32);

export const toOutputUri = (id: string): string => `redacted://${id}`;

export async function registerRedactedResource(server: McpServer, outputs: OutputStore): Promise<void> {
  // A worker loads this module too and serves no resources: only who does pays for the SDK.
  const { ResourceNotFoundError, ResourceTemplate } = await import('@modelcontextprotocol/server');
  server.registerResource(
    'redacted',
    new ResourceTemplate('redacted://{id}', { list: undefined }),
    { title: 'Redacted data set', description: 'What redact_dataset has written.', mimeType: 'text/csv' },
    async (uri, { id }) => {
      const output = typeof id === 'string' && OUTPUT_ID.test(id) ? await outputs.get(id) : undefined;
      if (!output) throw new ResourceNotFoundError(uri.href);
      const text = output.bytes > MAX_TEXT_BYTES ? undefined : await output.text();
      if (text === undefined || measureEscapedBytes(text) > MAX_TEXT_BYTES)
        throw new ProtocolError(INVALID_PARAMS, `${uri.href} is too large for one response: read it from the store.`);
      return { contents: [{ uri: uri.href, mimeType: 'text/csv', text }] };
    },
  );
}

/** The text is escaped twice: as part of the JSON-RPC body, and with that as part of Lambda's response. */
const measureEscapedBytes = (text: string): number => Buffer.byteLength(JSON.stringify(JSON.stringify(text)));
