/** Formats results and tools for people. */
import { isDeepStrictEqual } from 'node:util';
import { stripControlCharacters } from './terminal.ts';

type DisplayBlock = Readonly<Record<string, unknown>>;

export interface CallResult {
  readonly content?: readonly DisplayBlock[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

/** The content blocks, one after the other; structured content only where no text block repeats it. */
export function formatCallResult(result: CallResult): string {
  const { structuredContent } = result;
  const blocks = (result.content ?? []).filter((block) => !isSameContent(block, structuredContent));
  const parts = blocks.map(formatBlock);
  const hasText = blocks.some((block) => block.type === 'text');
  if (structuredContent !== undefined && !hasText) parts.push(JSON.stringify(structuredContent, undefined, 2));
  return stripControlCharacters(parts.join('\n'));
}

/** Whether a text block only repeats the structured content, as the specification asks of servers. */
function isSameContent(block: DisplayBlock, structuredContent: unknown): boolean {
  if (block.type !== 'text' || structuredContent === undefined) return false;
  try {
    return isDeepStrictEqual(JSON.parse(String(block.text)), structuredContent);
  } catch {
    return false;
  }
}

function formatBlock(block: DisplayBlock): string {
  switch (block.type) {
    case 'text':
      return String(block.text);
    case 'image':
    case 'audio':
      return `[${block.type}: ${block.mimeType}, ${formatBase64Size(block.data)}]`;
    case 'resource_link':
      return [`[${block.name}] ${block.uri}`, block.description].filter(Boolean).join('\n  ');
    case 'resource': {
      const resource = block.resource as DisplayBlock;
      return typeof resource.text === 'string'
        ? resource.text
        : `[${resource.uri}, ${formatBase64Size(resource.blob)}]`;
    }
    default:
      return JSON.stringify(block);
  }
}

const formatBase64Size = (base64: unknown) =>
  `${Buffer.byteLength(String(base64 ?? ''), 'base64').toLocaleString('en')} bytes`;

/** The tools of a server, with the arguments of each. */
export function formatToolList(tools: readonly DisplayBlock[]): string {
  if (tools.length === 0) return 'The server has no tools.';
  return stripControlCharacters(tools.map(formatToolSummary).join('\n'));
}

function formatToolSummary(tool: DisplayBlock): string {
  const schema = (tool.inputSchema ?? {}) as {
    properties?: Record<string, DisplayBlock>;
    required?: readonly string[];
  };
  const args = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const type = Array.isArray(property.enum) ? property.enum.join('|') : (property.type ?? 'any');
    return `${name}${schema.required?.includes(name) ? '' : '?'}: ${type}`;
  });
  const summary = String(tool.description ?? tool.title ?? '').split('\n')[0];
  return `${tool.name} { ${args.join(', ')} }${summary ? `\n  ${summary}` : ''}`.replace('{  }', '{}');
}
