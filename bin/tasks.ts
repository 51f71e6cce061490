/** `npm run tasks`: inspects and repairs the tasks of a server. */
import { UsageError } from './command-line/options.ts';
import { parseTasksArguments, TASKS_HELP, type TasksArguments } from './tasks/arguments.ts';
import { cancelAsOperator } from './tasks/cancel.ts';
import { NotDone, operatorTerminal } from './tasks/console.ts';
import { openDeployment } from './tasks/deployment.ts';
import { printTasks } from './tasks/list.ts';
import { redriveTasks } from './tasks/redrive.ts';
import { printTask } from './tasks/show.ts';

const COMMAND_HANDLERS = { list: printTasks, show: printTask, cancel: cancelAsOperator, redrive: redriveTasks };

async function runCommand(args: TasksArguments): Promise<void> {
  const deployment = openDeployment(args);
  try {
    await COMMAND_HANDLERS[args.command](deployment, args, operatorTerminal);
  } finally {
    deployment.close();
  }
}

/** @returns the exit status */
async function main(): Promise<number> {
  try {
    const args = parseTasksArguments(process.argv.slice(2), process.env);
    if (args === 'help') operatorTerminal.print(TASKS_HELP);
    else await runCommand(args);
    return 0;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    if (error instanceof UsageError) operatorTerminal.notify(`${message} See npm run tasks -- --help`);
    else if (error instanceof NotDone) operatorTerminal.notify(message);
    else operatorTerminal.notify(`${name}: ${message}`);
    return error instanceof UsageError ? 64 : error instanceof NotDone ? 1 : 2;
  }
}

process.exitCode = await main();
