/** The resource `redacted://{id}`: a client reads from it what redact_dataset wrote. */
import { createHash } from 'node:crypto';
import type { McpServer } from '@modelcontextprotocol/server';
import { ProtocolError } from 'mcp-tasks-aws';
import type { OutputStore } from './outputs.ts';

const OUTPUT_ID = /^[0-9a-f]{32}$/;

/** JSON-RPC 2.0, section 5.1. */
const INVALID_PARAMS = -32602;

/** Lambda returns at most 6 MB; this leaves room for what surrounds the text. */
const MAX_TEXT_BYTES = 5_500_000;

/**
 * The id of what a step writes: the same on every attempt of the step. It cannot be guessed or turned back into the
 * task's id. It is all that is needed to read the output, which is why no list shows it.
 *
 * @param stepKey the `key` that `task.step` gives its function
 */
export function toOutputId(stepKey: string): string {
  return createHash('sha256').update(stepKey).digest('hex').slice(0, 32);
}

export const toOutputUri = (id: string): string => `redacted://${id}`;

/** For `mcp` of `defineServer`: what the official SDK's server offers next to the tools. */
export async function registerRedactedResource(server: McpServer, outputs: OutputStore): Promise<void> {
  // Imported here, since the worker loads this module as well and serves no resources: only the API pays for the SDK.
  const { ResourceNotFoundError, ResourceTemplate } = await import('@modelcontextprotocol/server');
  server.registerResource(
    'redacted',
    new ResourceTemplate('redacted://{id}', { list: undefined }),
    { title: 'Redacted data set', description: 'A CSV that redact_dataset has written.', mimeType: 'text/csv' },
    async (uri, { id }) => {
      const output = typeof id === 'string' && OUTPUT_ID.test(id) ? await outputs.get(id) : undefined;
      if (!output) throw new ResourceNotFoundError(uri.href);
      const text = output.bytes > MAX_TEXT_BYTES ? undefined : await output.text();
      if (text === undefined || measureEscapedBytes(text) > MAX_TEXT_BYTES)
        throw new ProtocolError(INVALID_PARAMS, `${uri.href} is too large for one response. Read it from the bucket.`);
      return { contents: [{ uri: uri.href, mimeType: 'text/csv', text }] };
    },
  );
}

/** The text is escaped twice: within the JSON-RPC body, and with the body within Lambda's response. */
const measureEscapedBytes = (text: string): number => Buffer.byteLength(JSON.stringify(JSON.stringify(text)));
