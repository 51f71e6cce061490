/** What is in a content block (MCP, Tools, Tool Result), as a file of its own. */

/** A content block, as far as is looked at here; a valid one, since outcomes are checked before. */
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
  /** Holds nothing that a path or a URL would have to escape. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The file of a block; absent for one that is a link already, or of a kind that came later. */
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

const buildTextFile = (name: string, text: string, mediaType: string): ResultFile => ({
  ...{ name: addExtension(name, mediaType), mediaType, bytes: Buffer.from(text) },
});

const buildBinaryFile = (name: string, base64: string, mediaType: string): ResultFile => ({
  ...{ name: addExtension(name, mediaType), mediaType, bytes: Buffer.from(base64, 'base64') },
});

const toFileName = (uri: string): string =>
  (uri.split(/[?#]/, 1)[0] ?? '')
    .slice(-64)
    .replace(/^.*\//, '')
    .replaceAll(/[^\w.-]/g, '_');

/** With an extension that says what it is, unless it has one. */
function addExtension(name: string, mediaType: string): string {
  if (/\.[A-Za-z0-9]{1,8}$/.test(name)) return name;
  const [, subtype = ''] = mediaType.toLowerCase().split(/[/;+]/);
  return `${name}.${subtype === 'plain' ? 'txt' : /^[a-z0-9]{1,8}$/.test(subtype) ? subtype : 'bin'}`;
}
