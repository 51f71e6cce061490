/** A command-line client for people: `npm run call -- --help`. */
import { CALL_HELP, CallUsageError, parseCallArguments } from './call/arguments.ts';
import { EXIT_STATUS, Interrupted, runCallCommand } from './call/run.ts';
import { createTerminal } from './call/terminal.ts';

async function main(): Promise<number> {
  let options: ReturnType<typeof parseCallArguments>;
  try {
    options = parseCallArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CallUsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${CALL_HELP}\n`);
    return EXIT_STATUS.usage;
  }
  if (options.help) {
    process.stdout.write(`${CALL_HELP}\n`);
    return EXIT_STATUS.ok;
  }
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(EXIT_STATUS.interrupted);
    stop.abort(new Interrupted('Interrupted.'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const terminal = createTerminal({
    input: process.stdin,
    output: process.stderr,
    onInterrupt: interrupt,
    now: () => Date.now(),
  });
  return await runCallCommand(options, { terminal, stop, print: (words) => process.stdout.write(`${words}\n`) });
}

process.exitCode = await main();
