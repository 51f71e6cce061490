/**
 * A result that does not fit one answer: what is large in it becomes a file, and a `resource_link` in its place.
 *
 * An answer's size is counted as it leaves: Lambda's response holds it as a string within JSON, so that quotes,
 * backslashes and control characters count twice and more.
 */
import type { Outcome, RpcError } from '../tasks/record.ts';
import { type ContentBlock, type ResultFile, toResultFile } from './result-files.ts';

/** An outcome as it is kept: files have no URL until somebody reads it. */
export type StoredOutcome =
  | {
      readonly result: Record<string, unknown>;
      /** Content blocks (by index) that link to a file (its key): theirs is the `uri` to fill in. */
      readonly links?: readonly (readonly [block: number, key: string])[];
    }
  | { readonly error: RpcError };

/** Keep a file. @returns its key */
export type SaveFile = (file: ResultFile) => Promise<string>;

/** Bytes that are kept free for a link's URL: a presigned one has some 2 KB, the most of it a session token. */
const URL_BYTES = 4_096;
/** Each file is a request to the store: a result of more large blocks than this becomes one file. */
const MAX_FILES = 20;
/** How much of the message of an error is kept that does not fit (characters). */
const MAX_MESSAGE_LENGTH = 8_192;

/** How many bytes a value takes in an answer (in bytes of UTF-8). */
export const measureResponseBytes = (value: unknown): number =>
  Buffer.byteLength(JSON.stringify(JSON.stringify(value))) - 2;

/**
 * The outcome, in no more than `limit` bytes of an answer: as it is if it fits; otherwise with its largest blocks
 * as files; otherwise (many small ones) with one file for all of them; otherwise, when what a client must be given
 * as it is (`structuredContent`) does not fit, a tool error that says so and links to all of it.
 */
export async function fitOutcome(outcome: Outcome, limit: number, keep: SaveFile): Promise<StoredOutcome> {
  if ('error' in outcome) return { error: fitError(outcome.error, limit) };
  const { result } = outcome;
  const excess = measureResponseBytes(result) - limit;
  if (excess <= 0) return outcome;
  const content = (result.content ?? []) as ContentBlock[];
  const moved = pickMoves(content, excess);
  if (moved) {
    const links = await Promise.all(moved.map(async ({ index, file }) => [index, await keep(file)] as const));
    const replaced = [...content];
    for (const { index, link } of moved) replaced[index] = link;
    return { result: { ...result, content: replaced }, links };
  }
  return moveToOneFile(result, limit, keep);
}

interface BlockMove {
  readonly index: number;
  readonly file: ResultFile;
  readonly link: ContentBlock;
  /** Bytes in an answer that it saves. */
  readonly saved: number;
}

/** The largest blocks, as many as it takes; absent when they are too many or not enough. */
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

async function moveToOneFile(result: Record<string, unknown>, limit: number, keep: SaveFile): Promise<StoredOutcome> {
  const bytes = Buffer.from(JSON.stringify(result));
  const file = { name: 'result.json', mediaType: 'application/json', bytes };
  const { content: _, ...rest } = result;
  const note = (what: string) => ({
    type: 'text',
    text: `${what} of this result has ${bytes.length} bytes of JSON, more than one answer holds. The link has all of it.`,
  });
  const fits = { ...rest, content: [note('The content'), buildResourceLink(file)] };
  const kept =
    measureResponseBytes(fits) + URL_BYTES <= limit
      ? fits
      : { content: [note('The structured content'), buildResourceLink(file)], isError: true };
  return { result: kept, links: [[1, await keep(file)]] };
}

/** MCP, Tools, Resource Links. Annotations and metadata of what it stands for stay with it. */
function buildResourceLink(
  { name, mediaType, bytes }: ResultFile,
  block: ContentBlock = { type: 'text' },
): ContentBlock {
  const { annotations, _meta } = block;
  return {
    type: 'resource_link',
    uri: '',
    name,
    description: `Part of the result, too large for an answer (${bytes.length} bytes). The link is valid for ${LINK_SECONDS / 60} minutes and new in every answer.`,
    mimeType: mediaType,
    size: bytes.length,
    ...(annotations !== undefined && { annotations }),
    ...(_meta !== undefined && { _meta }),
  };
}

function fitError(error: RpcError, limit: number): RpcError {
  if (measureResponseBytes(error) <= limit) return error;
  const { code, message } = error;
  const shortened = message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message;
  return { code, message: `${shortened} (The whole of this error does not fit one answer.)` };
}

/** How long a link is valid from when it is read (s); never longer than the task is kept. */
export const LINK_SECONDS = 3_600;

/** The outcome as a client is given it: every link with a URL of now. */
export async function fillLinkUrls(stored: StoredOutcome, urlOf: (key: string) => Promise<string>): Promise<Outcome> {
  if ('error' in stored) return stored;
  const { result, links } = stored;
  if (!links) return { result };
  const content = [...(result.content as ContentBlock[])];
  await Promise.all(
    links.map(async ([index, key]) => {
      content[index] = { ...(content[index] as ContentBlock), uri: await urlOf(key) };
    }),
  );
  return { result: { ...result, content } };
}
