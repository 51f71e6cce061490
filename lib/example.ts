/** The example server of this repository. */
import { fileURLToPath } from 'node:url';

export const EXAMPLE_SERVER_FILE = fileURLToPath(new URL('../examples/datasets/server.ts', import.meta.url));
