/**
 * The fixtures of the conformance suite that need no durable tool: prompts, resources and ordinary tools, registered
 * on the official SDK's server just as a user of this project would.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type McpRequestContext, type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { toTextBlock, toTextResult } from '../support/results.ts';
import { IMAGE_BLOCK, RED_PIXEL_PNG, SILENT_WAV } from './content.ts';
import { registerAskingTools } from './ordinary-asking.ts';
import { registerPrompts } from './ordinary-prompts.ts';

export function registerOrdinaryFixtures(server: McpServer, ctx: McpRequestContext): void {
  if (ctx.era === 'legacy') registerLegacyMethods(server);
  registerContentTools(server);
  registerReportingTools(server);
  registerAskingTools(server);
  registerResources(server);
  registerPrompts(server);
}

/** Methods that 2026-07-28 removed. */
function registerLegacyMethods(server: McpServer): void {
  server.server.registerCapabilities({ logging: {}, resources: { subscribe: true } });
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
}

function registerContentTools(server: McpServer): void {
  server.registerTool('test_simple_text', { description: 'Returns text.' }, () =>
    toTextResult('This is a simple text response for testing.'),
  );
  server.registerTool('test_image_content', { description: 'Returns an image.' }, () => ({ content: [IMAGE_BLOCK] }));
  server.registerTool('test_audio_content', { description: 'Returns audio.' }, () => ({
    content: [{ type: 'audio', data: SILENT_WAV, mimeType: 'audio/wav' }],
  }));
  server.registerTool('test_embedded_resource', { description: 'Returns a resource.' }, () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }));
  server.registerTool('test_multiple_content_types', { description: 'Returns text, an image and a resource.' }, () => ({
    content: [
      toTextBlock('Multiple content types test:'),
      IMAGE_BLOCK,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ],
  }));
  server.registerTool('test_error_handling', { description: 'Always fails.' }, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
}

function registerReportingTools(server: McpServer): void {
  server.registerTool('test_tool_with_progress', { description: 'Reports progress.' }, async (ctx) => {
    const progressToken = ctx.mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await delay(50);
      if (progressToken === undefined) continue;
      await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
    }
    return toTextResult('Tool with progress executed successfully');
  });
  const logThrice = async (log: (text: string) => Promise<void>) => {
    await log('Tool execution started');
    await delay(50);
    await log('Tool processing data');
    await delay(50);
    await log('Tool execution completed');
    return toTextResult('Tool with logging executed successfully');
  };
  for (const name of ['test_tool_with_logging', 'test_logging_tool'])
    server.registerTool(name, { description: 'Logs three lines.' }, (ctx) =>
      logThrice((text) => ctx.mcpReq.log('info', text)),
    );
}

function registerResources(server: McpServer): void {
  server.registerResource(
    'static-text',
    'test://static-text',
    { description: 'A text.', mimeType: 'text/plain' },
    (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
    }),
  );
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'An image.', mimeType: 'image/png' },
    (uri) => ({ contents: [{ uri: uri.href, mimeType: 'image/png', blob: RED_PIXEL_PNG }] }),
  );
  server.registerResource(
    'watched-resource',
    'test://watched-resource',
    { description: 'A resource to subscribe to.', mimeType: 'text/plain' },
    (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'Nothing new.' }] }),
  );
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'Data by id.', mimeType: 'application/json' },
    (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  );
}
