/** Stores the redacted CSVs: under `outputs/` in the example's bucket, or in a folder on one machine. */
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

export interface OutputStore {
  /**
   * Writing again under the same id replaces the output, so that a step can be repeated. A reader sees all of an output
   * or nothing.
   *
   * @returns the length in bytes
   */
  put(id: string, content: Readable): Promise<number>;
  /** Undefined when there is no such output. */
  get(id: string): Promise<OutputFile | undefined>;
}

/** `DATASETS_BUCKET` names the bucket, or else `DATASETS_FOLDER` the folder. Default: a folder for temporary files. */
export interface OutputEnvironment {
  readonly DATASETS_BUCKET?: string | undefined;
  readonly DATASETS_FOLDER?: string | undefined;
}

/** Touches neither disk nor network before it is used. */
export function createOutputStore({ DATASETS_BUCKET, DATASETS_FOLDER }: OutputEnvironment): OutputStore {
  return DATASETS_BUCKET
    ? createBucketOutputs(DATASETS_BUCKET)
    : createFolderOutputs(DATASETS_FOLDER || join(tmpdir(), 'datasets'));
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
  // Loaded for the first output: most calls have none.
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
      // S3 needs the length first: hence a file, not the stream itself.
      return spool(content, await mkdtemp(join(tmpdir(), 'output-')), async (file, ContentLength) => {
        const Body = createReadStream(file);
        const ContentType = 'text/csv; charset=utf-8';
        await client.send(new PutObjectCommand({ Bucket, Key: toOutputKey(id), Body, ContentLength, ContentType }));
      });
    },
    get: async (id) => {
      const { GetObjectCommand, HeadObjectCommand, client } = await s3();
      const object = { Bucket, Key: toOutputKey(id) };
      // Without the permission to list the bucket, S3 answers 403, not 404, for an object that does not exist.
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

/**
 * Write a stream to a file in the folder `scratch`, pass the file to `store`, and remove the folder, whatever fails.
 *
 * @returns the length in bytes
 */
async function spool(
  content: Readable,
  scratch: string,
  store: (file: string, bytes: number) => Promise<void>,
): Promise<number> {
  try {
    const file = join(scratch, 'output.csv');
    await pipeline(content, createWriteStream(file));
    const { size } = await stat(file);
    await store(file, size);
    return size;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What identifies an error: of the file system, or of S3. */
type StorageFailure = { readonly code?: string; readonly $metadata?: { readonly httpStatusCode?: number } };

/** For `catch`: undefined for an error that means that there is no output. */
const ignoreIf = (isMissing: (error: StorageFailure) => boolean) => (error: StorageFailure) => {
  if (isMissing(error)) return undefined;
  throw error;
};
