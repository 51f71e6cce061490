/** Loads a server module and says whether it is one: `node check-process.ts SERVER_MODULE`. */
import { serveInvocations } from './runtime.ts';
import { importServable } from './server-file.ts';

await serveInvocations(async () => {
  await importServable(process.argv[2] ?? '');
  return () => {};
});
