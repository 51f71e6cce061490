/** The payload store of the stack on one machine. */
import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PayloadMissing } from './missing.ts';
import type { FileStore, PayloadStore } from './store.ts';

/** Decides what a file is opened with; payloads have none. */
const EXTENSION = /\.[A-Za-z0-9]{1,8}$/;

/** Payloads as files in a folder, which several processes may share. */
export class FolderPayloadStore implements PayloadStore {
  readonly #folder: string;

  /** @param folder is created with the first payload */
  constructor(folder: string) {
    this.#folder = folder;
  }

  put(key: string, text: string): Promise<void> {
    return this.#put(key, text);
  }

  /** Clients are on the same machine: the URLs are `file:` and do not expire. */
  readonly files: FileStore = {
    put: (key, content) => this.#put(key, content),
    url: async (key) => pathToFileURL(this.#path(key)).href,
  };

  /** Writes a temporary file and links it into place: no reader sees half a payload, and nothing is overwritten. */
  async #put(key: string, content: string | Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const tempFolder = await mkdtemp(join(this.#folder, '.put-'));
    try {
      const tempFile = join(tempFolder, 'payload');
      await writeFile(tempFile, content);
      await link(tempFile, this.#path(key));
    } catch (error) {
      // A key has one content only, so a file that is there already has this one.
      if (!hasCode(error, 'EEXIST')) throw error;
    } finally {
      await rm(tempFolder, { recursive: true });
    }
  }

  /** @throws PayloadMissing */
  async get(key: string): Promise<string> {
    try {
      return await readFile(this.#path(key), 'utf8');
    } catch (error) {
      throw hasCode(error, 'ENOENT') ? new PayloadMissing(key, { cause: error }) : error;
    }
  }

  /** Named by a digest: no key, however long or strange, escapes the folder or collides with another. */
  #path(key: string): string {
    const extension = EXTENSION.test(key) ? extname(key) : '.json';
    return join(this.#folder, createHash('sha256').update(key).digest('hex') + extension);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
