/** The payload store that the environment names. */
import { FolderPayloadStore } from './folder.ts';
import type { PayloadStore } from './store.ts';

export { FolderPayloadStore } from './folder.ts';
export { PayloadMissing } from './missing.ts';

/** Where payloads go: a bucket, or a folder on one machine. The bucket wins if both are set. */
export interface PayloadEnvironment {
  readonly PAYLOAD_BUCKET?: string | undefined;
  readonly PAYLOAD_FOLDER?: string | undefined;
}

/**
 * The S3 client is loaded with the first payload, because most invocations have none.
 *
 * @throws Error when neither is set
 */
export function createPayloadStore({
  PAYLOAD_BUCKET: bucket,
  PAYLOAD_FOLDER: folder,
}: PayloadEnvironment): PayloadStore {
  if (bucket) return createLazyStore(async () => createS3Store(bucket));
  if (folder) return new FolderPayloadStore(folder);
  throw new Error('Neither PAYLOAD_BUCKET nor PAYLOAD_FOLDER is set. Set PAYLOAD_BUCKET to the name of the S3 bucket.');
}

async function createS3Store(bucket: string): Promise<Required<PayloadStore>> {
  const [{ createS3Client }, { S3PayloadStore }] = await Promise.all([import('../aws/s3.ts'), import('./s3.ts')]);
  return new S3PayloadStore({ client: createS3Client(), bucket });
}

function createLazyStore(create: () => Promise<Required<PayloadStore>>): PayloadStore {
  let created: Promise<Required<PayloadStore>> | undefined;
  const store = () => {
    created ??= create();
    return created;
  };
  return {
    put: async (key, text) => (await store()).put(key, text),
    get: async (key) => (await store()).get(key),
    files: {
      put: async (key, content, mediaType) => (await store()).files.put(key, content, mediaType),
      url: async (key, seconds) => (await store()).files.url(key, seconds),
    },
  };
}
