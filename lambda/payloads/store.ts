/** The contract of a payload store. */

/** Keeps payloads that are too large for a row. Keys are never overwritten. */
export interface PayloadStore {
  put(key: string, text: string): Promise<void>;
  get(key: string): Promise<string>;
  /** Absent where no client could reach what is kept (memory): then results of any size stay whole. */
  readonly files?: FileStore;
}

/** Keeps what clients read by themselves, beside the payloads and for as long. Keys are never overwritten. */
export interface FileStore {
  put(key: string, content: Uint8Array, mediaType: string): Promise<void>;
  /** Where whoever has the URL can read the file, for so many seconds. */
  url(key: string, seconds: number): Promise<string>;
}
