/** Where redacted CSVs are kept: under `outputs/` of a bucket, or of a folder on one machine. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** One finished output. */
export interface OutputFile {
  readonly bytes: number;
  text(): Promise<string>;
}

/** Writing under an id again replaces it, so a repeated step does no harm; a reader sees all of it or nothing. */
export interface OutputStore {
  /** @returns the length in bytes */
  put(id: string, content: Readable): Promise<number>;
  /** Nothing when there is no such output. */
  get(id: string): Promise<OutputFile | undefined>;
}

/** What chooses the store: a bucket, else a folder, else a folder among the machine's temporary files. */
export interface OutputEnvironment {
  readonly PAYLOAD_BUCKET?: string | undefined;
  readonly PAYLOAD_FOLDER?: string | undefined;
}

/** Touches neither disk nor network before it is used. */
export function createOutputStore({ PAYLOAD_BUCKET, PAYLOAD_FOLDER }: OutputEnvironment): OutputStore {
  return PAYLOAD_BUCKET
    ? createBucketOutputs(PAYLOAD_BUCKET)
    : createFolderOutputs(PAYLOAD_FOLDER || join(tmpdir(), 'datasets'));
}

const toOutputKey = (id: string): string => `outputs/${id}.csv`;

function createFolderOutputs(folder: string): OutputStore {
  return {
    put: async (id, content) => {
      const path = join(folder, toOutputKey(id));
      await mkdir(join(folder, 'outputs'), { recursive: true });
      return spool(content, await mkdtemp(`${path}-`), (file) => rename(file, path));
    },
    get: async (id) => {
      const path = join(folder, toOutputKey(id));
      const found = await stat(path).catch(ignoreIf(({ code }) => code === 'ENOENT'));
      return found && { bytes: found.size, text: () => readFile(path, 'utf8') };
    },
  };
}

function createBucketOutputs(Bucket: string): OutputStore {
  // Loaded with the first output: most calls have none.
  const load = async () => {
    const sdk = await import('@aws-sdk/client-s3');
    const requestHandler = { connectionTimeout: 3_000, requestTimeout: 30_000 };
    return { ...sdk, client: new sdk.S3Client({ requestHandler }) };
  };
  let loaded: ReturnType<typeof load> | undefined;
  const s3 = () => {
    loaded ??= load();
    return loaded;
  };
  return {
    put: async (id, content) => {
      const { PutObjectCommand, client } = await s3();
      // S3 has to be told the length first.
      return spool(content, await mkdtemp(join(tmpdir(), 'output-')), async (file, ContentLength) => {
        const Body = createReadStream(file);
        const ContentType = 'text/csv; charset=utf-8';
        await client.send(new PutObjectCommand({ Bucket, Key: toOutputKey(id), Body, ContentLength, ContentType }));
      });
    },
    get: async (id) => {
      const { GetObjectCommand, HeadObjectCommand, client } = await s3();
      const object = { Bucket, Key: toOutputKey(id) };
      // Who may not list a bucket is told 403, not 404, where there is no object.
      const isMissing = ({ $metadata }: StorageFailure) => [403, 404].includes($metadata?.httpStatusCode ?? 0);
      const found = await client.send(new HeadObjectCommand(object)).catch(ignoreIf(isMissing));
      return (
        found && {
          bytes: found.ContentLength ?? 0,
          text: async () => (await client.send(new GetObjectCommand(object))).Body?.transformToString('utf8') ?? '',
        }
      );
    },
  };
}

/** Write a stream to a file in `scratch`, let `keep` have it, and leave nothing behind, whatever fails. */
async function spool(
  content: Readable,
  scratch: string,
  keep: (file: string, bytes: number) => Promise<void>,
): Promise<number> {
  try {
    const file = join(scratch, 'output.csv');
    await pipeline(content, createWriteStream(file));
    const { size } = await stat(file);
    await keep(file, size);
    return size;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What errors of the file system and of S3 say about themselves. */
type StorageFailure = { readonly code?: string; readonly $metadata?: { readonly httpStatusCode?: number } };

/** For `catch`: an error that says that there is nothing. */
const ignoreIf = (isMissing: (error: StorageFailure) => boolean) => (error: StorageFailure) => {
  if (isMissing(error)) return undefined;
  throw error;
};
