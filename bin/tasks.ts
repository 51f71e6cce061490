/** `npm run tasks`: an operator's hands on the tasks of a server. */
import { HELP, readArguments, type TasksArguments, UsageError } from './tasks/arguments.ts';
import { cancel } from './tasks/cancel.ts';
import { terminal } from './tasks/console.ts';
import { openDeployment } from './tasks/deployment.ts';
import { list } from './tasks/list.ts';
import { NotDone } from './tasks/not-done.ts';
import { redrive } from './tasks/redrive.ts';
import { show } from './tasks/show.ts';

const COMMANDS = { list, show, cancel, redrive };

async function run(args: TasksArguments): Promise<void> {
  const deployment = openDeployment(args);
  try {
    await COMMANDS[args.command](deployment, args, terminal);
  } finally {
    deployment.close();
  }
}

/** @returns the exit status */
async function main(): Promise<number> {
  try {
    const args = readArguments(process.argv.slice(2), process.env);
    if (args === 'help') terminal.print(HELP);
    else await run(args);
    return 0;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    if (error instanceof UsageError) terminal.say(`${message} See npm run tasks -- --help`);
    else if (error instanceof NotDone) terminal.say(message);
    else terminal.say(`${name}: ${message}`);
    return error instanceof UsageError ? 64 : error instanceof NotDone ? 1 : 2;
  }
}

process.exitCode = await main();
