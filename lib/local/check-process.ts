/** Loads a server module and says whether it is one: `node check-process.ts SERVER_MODULE`. */
import { serveInvocations } from './runtime.ts';
import { importCheckedServer } from './server-file.ts';

await serveInvocations(async () => {
  await importCheckedServer(process.argv[2] ?? '');
  return () => {};
});
