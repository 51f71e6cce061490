/** The content of a content block (MCP, Tools, Tool Result) as a file. */

/** A content block, as far as it matters here; valid, because outcomes are checked before. */
export interface ContentBlock {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
  readonly resource?: {
    readonly uri: string;
    readonly text?: string;
    readonly blob?: string;
    readonly mimeType?: string;
  };
  readonly [member: string]: unknown;
}

export interface ResultFile {
  /** Contains nothing that a path or a URL would have to escape. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The file of a block; absent for a block that is a link already, or of a newer kind. */
export function toResultFile(block: ContentBlock, index: number): ResultFile | undefined {
  const { type, text, data, resource } = block;
  if (type === 'text' && text !== undefined) return buildTextFile(`content-${index + 1}`, text, 'text/plain');
  if ((type === 'image' || type === 'audio') && data !== undefined)
    return buildBinaryFile(`content-${index + 1}`, data, block.mimeType ?? 'application/octet-stream');
  if (type !== 'resource' || !resource) return undefined;
  const name = toFileName(resource.uri) || `content-${index + 1}`;
  if (resource.text !== undefined) return buildTextFile(name, resource.text, resource.mimeType ?? 'text/plain');
  if (resource.blob === undefined) return undefined;
  return buildBinaryFile(name, resource.blob, resource.mimeType ?? 'application/octet-stream');
}

function buildTextFile(name: string, text: string, mediaType: string): ResultFile {
  return { name: addExtension(name, mediaType), mediaType, bytes: Buffer.from(text) };
}

function buildBinaryFile(name: string, base64: string, mediaType: string): ResultFile {
  return { name: addExtension(name, mediaType), mediaType, bytes: Buffer.from(base64, 'base64') };
}

function toFileName(uri: string): string {
  return (uri.split(/[?#]/, 1)[0] ?? '')
    .slice(-64)
    .replace(/^.*\//, '')
    .replaceAll(/[^\w.-]/g, '_');
}

/** With an extension for its media type, unless it has one. */
function addExtension(name: string, mediaType: string): string {
  if (/\.[A-Za-z0-9]{1,8}$/.test(name)) return name;
  const [, subtype = ''] = mediaType.toLowerCase().split(/[/;+]/);
  return `${name}.${subtype === 'plain' ? 'txt' : /^[a-z0-9]{1,8}$/.test(subtype) ? subtype : 'bin'}`;
}
