import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PayloadStore } from '../../engine/ports.ts';
import { PayloadMissing } from './missing.ts';

/** Payloads as files in a folder, for the stack on one machine; several processes may share it. */
export class FolderPayloadStore implements PayloadStore {
  readonly #folder: string;

  /** @param folder is made when the first payload comes */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Written aside first, then linked into place: nobody sees half a payload, and nothing is overwritten. */
  async put(key: string, text: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const aside = await mkdtemp(join(this.#folder, '.put-'));
    try {
      const whole = join(aside, 'payload');
      await writeFile(whole, text);
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
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;
