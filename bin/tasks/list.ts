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
      ? `Every task in ${args.table}, by Scan: it reads whatever is in the table, in no order.`
      : `The tasks of ${args.owner} in ${args.table}, newest first.`,
  );
  await forEachPage(deployment, args, terminal, async ({ rows }) => {
    const now = Date.now();
    for (const row of rows) terminal.print(args.json ? JSON.stringify(toTaskJson(row, now)) : formatTaskLine(row, now));
  });
}

/** Page after page, as long as somebody wants another one. */
export async function forEachPage(
  deployment: Deployment,
  args: TasksArguments,
  terminal: OperatorTerminal,
  use: (page: RowPage) => Promise<void>,
): Promise<void> {
  let number = 0;
  let units = 0;
  for await (const page of readPages(deployment, args)) {
    number += 1;
    units += page.units;
    await use(page);
    terminal.notify(
      `Page ${number}: ${page.rows.length} tasks of ${page.scanned} items read, ${page.units} read units (${units} in all).`,
    );
    if (page.next === undefined || args.yes) continue;
    if (terminal.interactive && (await terminal.ask('The next page?'))) continue;
    terminal.notify(`There is more: --after ${page.next} goes on from here, --yes goes through all of it.`);
    return;
  }
}
