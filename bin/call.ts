/** `npm run call`: a command-line client for people. */
import { CALL_HELP, type CallArguments, parseCallArguments } from './call/arguments.ts';
import { EXIT_STATUS, Interrupted, runCallCommand } from './call/run.ts';
import { createTerminal } from './call/terminal.ts';
import { UsageError } from './command-line/options.ts';

/** @returns the exit status */
async function main(): Promise<number> {
  let options: CallArguments | 'help';
  try {
    options = parseCallArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${CALL_HELP}\n`);
    return EXIT_STATUS.usage;
  }
  if (options === 'help') {
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
  return await runCallCommand(options, { terminal, stop, print: (text) => process.stdout.write(`${text}\n`) });
}

process.exitCode = await main();
