/**
 * A result that does not fit one answer: what is large in it becomes a file, and a `resource_link` in its place.
 *
 * An answer's size is counted as it leaves: Lambda's response holds it as a string within JSON, so that quotes,
 * backslashes and control characters count twice and more.
 */
import type { Outcome, RpcError } from '../tasks/record.ts';
import { type Block, contentOf, type File } from './result-files.ts';

/** An outcome as it is kept: files have no URL until somebody reads it. */
export type StoredOutcome =
  | {
      readonly result: Record<string, unknown>;
      /** Content blocks (by index) that link to a file (its key): theirs is the `uri` to fill in. */
      readonly links?: readonly (readonly [block: number, key: string])[];
    }
  | { readonly error: RpcError };

/** Keep a file. @returns its key */
export type KeepFile = (file: File) => Promise<string>;

/** Bytes that are kept free for a link's URL: a presigned one has some 2 KB, the most of it a session token. */
const URL_BYTES = 4_096;
/** Each file is a request to the store: a result of more large blocks than this becomes one file. */
const MOST_FILES = 20;
/** How much of the message of an error is kept that does not fit (characters). */
const MESSAGE_MAX = 8_192;

/** How many bytes a value takes in an answer (in bytes of UTF-8). */
export const bytesInAnswer = (value: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(value))) - 2;

/**
 * The outcome, in no more than `limit` bytes of an answer: as it is if it fits; otherwise with its largest blocks
 * as files; otherwise (many small ones) with one file for all of them; otherwise, when what a client must be given
 * as it is (`structuredContent`) does not fit, a tool error that says so and links to all of it.
 */
export async function fitted(outcome: Outcome, limit: number, keep: KeepFile): Promise<StoredOutcome> {
  if ('error' in outcome) return { error: fittedError(outcome.error, limit) };
  const { result } = outcome;
  const excess = bytesInAnswer(result) - limit;
  if (excess <= 0) return outcome;
  const content = (result.content ?? []) as Block[];
  const moved = movable(content, excess);
  if (moved) {
    const links = await Promise.all(moved.map(async ({ index, file }) => [index, await keep(file)] as const));
    const replaced = [...content];
    for (const { index, link } of moved) replaced[index] = link;
    return { result: { ...result, content: replaced }, links };
  }
  return asOneFile(result, limit, keep);
}

interface Move {
  readonly index: number;
  readonly file: File;
  readonly link: Block;
  /** Bytes in an answer that it saves. */
  readonly saved: number;
}

/** The largest blocks, as many as it takes; absent when they are too many or not enough. */
function movable(content: readonly Block[], excess: number): readonly Move[] | undefined {
  const moves = content.flatMap((block, index): Move[] => {
    const file = contentOf(block, index);
    if (!file) return [];
    const link = linkTo(file, block);
    return [{ index, file, link, saved: bytesInAnswer(block) - bytesInAnswer(link) - URL_BYTES }];
  });
  moves.sort((one, other) => other.saved - one.saved);
  let left = excess;
  for (const [count, move] of moves.slice(0, MOST_FILES).entries()) {
    left -= move.saved;
    if (left <= 0) return moves.slice(0, count + 1);
  }
  return undefined;
}

async function asOneFile(result: Record<string, unknown>, limit: number, keep: KeepFile): Promise<StoredOutcome> {
  const bytes = Buffer.from(JSON.stringify(result));
  const file = { name: 'result.json', mediaType: 'application/json', bytes };
  const { content: _, ...rest } = result;
  const note = (what: string) => ({
    type: 'text',
    text: `${what} of this result has ${bytes.length} bytes of JSON, more than one answer holds. The link has all of it.`,
  });
  const fits = { ...rest, content: [note('The content'), linkTo(file)] };
  const kept =
    bytesInAnswer(fits) + URL_BYTES <= limit
      ? fits
      : { content: [note('The structured content'), linkTo(file)], isError: true };
  return { result: kept, links: [[1, await keep(file)]] };
}

/** MCP, Tools, Resource Links. Annotations and metadata of what it stands for stay with it. */
function linkTo({ name, mediaType, bytes }: File, block: Block = { type: 'text' }): Block {
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

function fittedError(error: RpcError, limit: number): RpcError {
  if (bytesInAnswer(error) <= limit) return error;
  const { code, message } = error;
  const shortened = message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}…` : message;
  return { code, message: `${shortened} (The whole of this error does not fit one answer.)` };
}

/** How long a link is valid from when it is read (s); never longer than the task is kept. */
export const LINK_SECONDS = 3_600;

/** The outcome as a client is given it: every link with a URL of now. */
export async function withUrls(stored: StoredOutcome, urlOf: (key: string) => Promise<string>): Promise<Outcome> {
  if ('error' in stored) return stored;
  const { result, links } = stored;
  if (!links) return { result };
  const content = [...(result.content as Block[])];
  await Promise.all(
    links.map(async ([index, key]) => {
      content[index] = { ...(content[index] as Block), uri: await urlOf(key) };
    }),
  );
  return { result: { ...result, content } };
}
