/** What the stack's processes run: one main module, whose first argument is the role. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `check` only loads the server module and checks it. */
export type FunctionRole = 'api' | 'streaming' | 'worker' | 'dead-letter' | 'external' | 'check';

/** The path of that module. */
export const FUNCTION_MAIN = fileURLToPath(
  new URL(`./function-process${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
);
