import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PayloadMissing } from './missing.ts';
import type { FileStore, PayloadStore } from './store.ts';

/** What a file is opened with depends on it; payloads have none. */
const EXTENSION = /\.[A-Za-z0-9]{1,8}$/;

/** Payloads as files in a folder, for the stack on one machine; several processes may share it. */
export class FolderPayloadStore implements PayloadStore {
  readonly #folder: string;

  /** @param folder is made when the first payload comes */
  constructor(folder: string) {
    this.#folder = folder;
  }

  put(key: string, text: string): Promise<void> {
    return this.#put(key, text);
  }

  /** Who shares the machine shares the folder: its URLs are `file:` and do not expire. */
  readonly files: FileStore = {
    put: (key, content) => this.#put(key, content),
    url: async (key) => pathToFileURL(this.#path(key)).href,
  };

  /** Written aside first, then linked into place: nobody sees half a payload, and nothing is overwritten. */
  async #put(key: string, content: string | Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const aside = await mkdtemp(join(this.#folder, '.put-'));
    try {
      const whole = join(aside, 'payload');
      await writeFile(whole, content);
      await link(whole, this.#path(key));
    } catch (error) {
      // A key is made for one content only, so a file that is there already is this one.
      if (!hasCode(error, 'EEXIST')) throw error;
    } finally {
      await rm(aside, { recursive: true });
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

  /** A digest for a name: no key, however long or strange, leaves the folder or meets another one. */
  #path(key: string): string {
    const extension = EXTENSION.test(key) ? extname(key) : '.json';
    return join(this.#folder, createHash('sha256').update(key).digest('hex') + extension);
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;
