/** The payload store in S3. */
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { PayloadMissing } from './missing.ts';
import type { FileStore, PayloadStore } from './store.ts';

const MAX_PUT_ATTEMPTS = 3;

/** Payloads as objects in a bucket, whose defaults decide their encryption and whose lifecycle rule deletes them. */
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
   * A URL is signed with the function's own credentials and expires with them if they expire first. Signing happens
   * here, so it costs no request.
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

  /** A key has one content only, so an object that is there already has this one. */
  async #put(key: string, content: string | Uint8Array, mediaType: string): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: content,
      ContentType: mediaType,
      IfNoneMatch: '*',
    });
    // 409: another upload to the key has not ended. It is our own, whose response was lost; S3 asks for a retry.
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#client.send(command).then(() => undefined, toS3Failure);
      if (failure === undefined || failure.status === 412) return;
      if (failure.status !== 409 || attempt === MAX_PUT_ATTEMPTS) throw failure.error;
    }
  }

  /** @throws PayloadMissing */
  async get(key: string): Promise<string> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return (await Body?.transformToString('utf-8')) ?? '';
    } catch (error) {
      // Without s3:ListBucket, which nothing here needs, S3 answers 403 for an object that does not exist.
      const missing = error instanceof NoSuchKey || toS3Failure(error).status === 403;
      throw missing ? new PayloadMissing(key, { cause: error }) : error;
    }
  }
}

/** An error with the HTTP status that S3 answered, if it did. */
function toS3Failure(error: unknown) {
  return { error, status: error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined };
}
