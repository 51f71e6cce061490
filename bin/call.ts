/** A command-line client for people: `npm run call -- --help`. */
import { HELP, readArguments, UsageError } from './call/arguments.ts';
import { EXIT, Interrupted, run } from './call/run.ts';
import { createTerminal } from './call/terminal.ts';

async function main(): Promise<number> {
  let options: ReturnType<typeof readArguments>;
  try {
    options = readArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${HELP}\n`);
    return EXIT.usage;
  }
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return EXIT.ok;
  }
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
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
  return await run(options, { terminal, stop, print: (words) => process.stdout.write(`${words}\n`) });
}

process.exitCode = await main();
