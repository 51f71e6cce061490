/** The contract of a payload store. */

/** Stores payloads that are too large for a row. Keys are never overwritten. */
export interface PayloadStore {
  put(key: string, text: string): Promise<void>;
  /** @throws PayloadMissing */
  get(key: string): Promise<string>;
  /** Absent where no client could reach the files (in memory): then results of any size stay whole. */
  readonly files?: FileStore;
}

/** Stores files that clients read directly, next to the payloads and for as long. Keys are never overwritten. */
export interface FileStore {
  put(key: string, content: Uint8Array, mediaType: string): Promise<void>;
  /** A URL that lets its holder read the file for `seconds`. */
  url(key: string, seconds: number): Promise<string>;
}
