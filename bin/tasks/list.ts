/** `npm run tasks -- list`: prints tasks page by page. */
import type { TasksArguments } from './arguments.ts';
import type { OperatorTerminal } from './console.ts';
import type { Deployment } from './deployment.ts';
import { type RowPage, readPages } from './pages.ts';
import { formatTaskLine, toTaskJson } from './state.ts';

export async function printTasks(
  deployment: Deployment,
  args: TasksArguments,
  terminal: OperatorTerminal,
): Promise<void> {
  terminal.notify(
    args.owner === undefined
      ? `All tasks in ${args.table}, by Scan: this reads the whole table, in no particular order.`
      : `The tasks of ${args.owner} in ${args.table}, newest first.`,
  );
  await forEachPage(deployment, args, terminal, async ({ rows }) => {
    const now = Date.now();
    for (const row of rows) terminal.print(args.json ? JSON.stringify(toTaskJson(row, now)) : formatTaskLine(row, now));
  });
}

/** Handle page after page, until the last or until the operator declines the next one. */
export async function forEachPage(
  deployment: Deployment,
  args: TasksArguments,
  terminal: OperatorTerminal,
  handlePage: (page: RowPage) => Promise<void>,
): Promise<void> {
  let number = 0;
  let units = 0;
  for await (const page of readPages(deployment, args)) {
    number += 1;
    units += page.units;
    await handlePage(page);
    terminal.notify(
      `Page ${number}: ${page.rows.length} tasks among ${page.scanned} items read, ${page.units} read units (${units} in total).`,
    );
    if (page.next === undefined || args.yes) continue;
    if (terminal.interactive && (await terminal.ask('Continue with the next page?'))) continue;
    terminal.notify(`There are more pages: --after ${page.next} continues here, --yes reads all of them.`);
    return;
  }
}
