/**
 * Small JSON stays in DynamoDB, large JSON goes to the payload store, written before the row that refers to it.
 *
 * Where the threshold is (us-east-1, on demand: a write $0.625 per million KB, a strong read $0.125 per million 4 KB;
 * S3: a PUT $5, a GET $0.40 per million): an outcome of s KB, written once and read once, costs 0.66 s in DynamoDB and
 * 5.4 in S3 (dollars per million), so S3 is cheaper from about 8 KB; S3 adds some tens of milliseconds to each, so the
 * threshold is 16 KB. Arguments and questions are in the row that every heartbeat writes: ten heartbeats and a dozen
 * polls make it 10 s, so their threshold is 4 KB.
 */

import type { Payload } from '../tasks/record.ts';
import type { FileStore, PayloadStore } from './store.ts';

export class Payloads {
  readonly #store: PayloadStore | undefined;

  /** @param store without one everything stays in DynamoDB, whose items are at most 400 KB */
  constructor(store: PayloadStore | undefined) {
    this.#store = store;
  }

  /** For files that clients read directly; absent where they could not. */
  get files(): FileStore | undefined {
    return this.#store?.files;
  }

  /** @param key where it goes if it is too large; contains a token of its writer, so that no key is written twice */
  async pack(json: string, inlineBytes: number, key: string): Promise<Payload> {
    const bytes = Buffer.byteLength(json);
    if (!this.#store || bytes <= inlineBytes) return json;
    await this.#store.put(key, json);
    return { at: key, bytes };
  }

  async unpack(payload: Payload): Promise<string> {
    if (typeof payload === 'string') return payload;
    if (!this.#store) throw new Error(`A payload is stored at ${payload.at}, but no payload store is configured.`);
    return this.#store.get(payload.at);
  }
}
