/** The payload store that the environment names. */
import { FolderPayloadStore } from './folder.ts';
import type { PayloadStore } from './store.ts';

export { FolderPayloadStore } from './folder.ts';
export { PayloadMissing } from './missing.ts';

/** Where payloads are kept: in a bucket, or on one machine in a folder. */
export type PayloadLocation = { readonly bucket: string } | { readonly folder: string };

/**
 * The payload store at this location. The S3 client is loaded with the first payload, because most invocations have
 * none.
 */
export function createPayloadStore(location: PayloadLocation): PayloadStore {
  if ('folder' in location) return new FolderPayloadStore(location.folder);
  return createLazyStore(async () => createS3Store(location.bucket));
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
