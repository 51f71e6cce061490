/**
 * A result that does not fit in one response: its large parts become files, with a `resource_link` in their place.
 *
 * A response's size is counted as it leaves: Lambda's own response contains it as a string within JSON, so that quotes,
 * backslashes and control characters count twice and more.
 */
import type { Outcome, RpcError } from '../tasks/record.ts';
import { type ContentBlock, type ResultFile, toResultFile } from './result-files.ts';

/** An outcome as it is stored: its files have no URL until it is read. */
export type StoredOutcome =
  | {
      readonly result: Record<string, unknown>;
      /** Content blocks (by index) that link to a file (by key); their `uri` is filled in on reading. */
      readonly links?: readonly (readonly [block: number, key: string])[];
    }
  | { readonly error: RpcError };

/** Stores a file. @returns its key */
export type SaveFile = (file: ResultFile) => Promise<string>;

/** Bytes reserved for a link's URL: a presigned one has some 2 KB, most of it a session token. */
const URL_BYTES = 4_096;
/** Each file is a request to the store: a result with more large blocks than this becomes one file. */
const MAX_FILES = 20;
/** An error that does not fit keeps this much of its message (UTF-16 code units). */
const MAX_MESSAGE_LENGTH = 8_192;

/** How many bytes a value takes in a response. */
export function measureResponseBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value))) - 2;
}

/**
 * The outcome in at most `maxBytes` of a response: as it is if it fits; otherwise with its largest blocks as files;
 * otherwise (many small ones) with one file for all of them; otherwise, when the part that no link can replace
 * (`structuredContent`) does not fit, a tool error that explains it and links to the whole result.
 */
export async function fitOutcome(outcome: Outcome, maxBytes: number, saveFile: SaveFile): Promise<StoredOutcome> {
  if ('error' in outcome) return { error: fitError(outcome.error, maxBytes) };
  const { result } = outcome;
  const excess = measureResponseBytes(result) - maxBytes;
  if (excess <= 0) return outcome;
  const content = (result.content ?? []) as ContentBlock[];
  const moves = pickMoves(content, excess);
  if (moves) {
    const links = await Promise.all(moves.map(async ({ index, file }) => [index, await saveFile(file)] as const));
    const replaced = [...content];
    for (const { index, link } of moves) replaced[index] = link;
    return { result: { ...result, content: replaced }, links };
  }
  return moveToOneFile(result, maxBytes, saveFile);
}

interface BlockMove {
  readonly index: number;
  readonly file: ResultFile;
  readonly link: ContentBlock;
  /** Bytes of the response that it saves. */
  readonly saved: number;
}

/** The largest blocks, as many as needed; absent when that is too many, or all of them are not enough. */
function pickMoves(content: readonly ContentBlock[], excess: number): readonly BlockMove[] | undefined {
  const moves = content.flatMap((block, index): BlockMove[] => {
    const file = toResultFile(block, index);
    if (!file) return [];
    const link = buildResourceLink(file, block);
    return [{ index, file, link, saved: measureResponseBytes(block) - measureResponseBytes(link) - URL_BYTES }];
  });
  moves.sort((one, other) => other.saved - one.saved);
  let left = excess;
  for (const [count, move] of moves.slice(0, MAX_FILES).entries()) {
    left -= move.saved;
    if (left <= 0) return moves.slice(0, count + 1);
  }
  return undefined;
}

async function moveToOneFile(
  result: Record<string, unknown>,
  maxBytes: number,
  saveFile: SaveFile,
): Promise<StoredOutcome> {
  const bytes = Buffer.from(JSON.stringify(result));
  const file = { name: 'result.json', mediaType: 'application/json', bytes };
  const { content: _, ...otherMembers } = result;
  const buildContent = (subject: string) => [
    {
      type: 'text',
      text: `${subject} of this result is too large for one response (${bytes.length} bytes of JSON). The link has the whole result.`,
    },
    buildResourceLink(file),
  ];
  const withLink = { ...otherMembers, content: buildContent('The content') };
  const fitted =
    measureResponseBytes(withLink) + URL_BYTES <= maxBytes
      ? withLink
      : { content: buildContent('The structured content'), isError: true };
  return { result: fitted, links: [[1, await saveFile(file)]] };
}

/** MCP, Tools, Resource Links. It keeps the annotations and metadata of the block that it replaces. */
function buildResourceLink(
  { name, mediaType, bytes }: ResultFile,
  block: ContentBlock = { type: 'text' },
): ContentBlock {
  const { annotations, _meta } = block;
  return {
    type: 'resource_link',
    uri: '',
    name,
    description: `Part of the result, too large for one response (${bytes.length} bytes). The link is valid for ${LINK_SECONDS / 60} minutes; every response has a new one.`,
    mimeType: mediaType,
    size: bytes.length,
    ...(annotations !== undefined && { annotations }),
    ...(_meta !== undefined && { _meta }),
  };
}

function fitError(error: RpcError, maxBytes: number): RpcError {
  if (measureResponseBytes(error) <= maxBytes) return error;
  const { code, message } = error;
  const shortened = message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message;
  return { code, message: `${shortened} (The whole error does not fit in one response.)` };
}

/** How long a link is valid after it is read (s); never longer than the task is kept. */
export const LINK_SECONDS = 3_600;

/** The outcome as a client gets it: every link with a fresh URL. */
export async function fillLinkUrls(stored: StoredOutcome, signUrl: (key: string) => Promise<string>): Promise<Outcome> {
  if ('error' in stored) return stored;
  const { result, links } = stored;
  if (!links) return { result };
  const content = [...(result.content as ContentBlock[])];
  await Promise.all(
    links.map(async ([index, key]) => {
      content[index] = { ...(content[index] as ContentBlock), uri: await signUrl(key) };
    }),
  );
  return { result: { ...result, content } };
}
