import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { PayloadMissing } from './missing.ts';
import type { FileStore, PayloadStore } from './store.ts';

/** Payloads as objects in a bucket; its own default decides how they are encrypted, its lifecycle rule when they go. */
export class S3PayloadStore implements PayloadStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor({ client, bucket }: { readonly client: S3Client; readonly bucket: string }) {
    this.#client = client;
    this.#bucket = bucket;
  }

  put(key: string, text: string): Promise<void> {
    return this.#put(key, text, 'application/json');
  }

  /**
   * A URL is signed with the function's own credentials: it ends with them, if they end first. Signing asks nobody,
   * so it costs no request.
   */
  readonly files: FileStore = {
    put: (key, content, mediaType) => this.#put(key, content, mediaType),
    url: async (key, seconds) => {
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      return getSignedUrl(this.#client, new GetObjectCommand({ Bucket: this.#bucket, Key: key }), {
        expiresIn: seconds,
      });
    },
  };

  /** A key is made for one content only, so an object that is there already is this one. */
  async #put(key: string, content: string | Uint8Array, mediaType: string): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: content,
      ContentType: mediaType,
      IfNoneMatch: '*',
    });
    // 409: another upload to the key has not ended. It is our own, whose answer was lost; S3 asks to try again.
    for (let attempt = 1; ; attempt++) {
      const refused = await this.#client.send(command).then(() => undefined, toS3Failure);
      if (refused === undefined || refused.status === 412) return;
      if (refused.status !== 409 || attempt === 3) throw refused.error;
    }
  }

  /** @throws PayloadMissing */
  async get(key: string): Promise<string> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return (await Body?.transformToString('utf-8')) ?? '';
    } catch (error) {
      // Without s3:ListBucket, which nothing here needs, S3 says 403 of an object that is not there.
      const missing = error instanceof NoSuchKey || toS3Failure(error).status === 403;
      throw missing ? new PayloadMissing(key, { cause: error }) : error;
    }
  }
}

const toS3Failure = (error: unknown) => ({
  error,
  status: error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined,
});
