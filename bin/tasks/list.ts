import type { TasksArguments } from './arguments.ts';
import type { Terminal } from './console.ts';
import type { Deployment } from './deployment.ts';
import { pagesOf, type RowPage } from './pages.ts';
import { factsOf, lineOf } from './state.ts';

export async function list(deployment: Deployment, args: TasksArguments, terminal: Terminal): Promise<void> {
  terminal.say(
    args.owner === undefined
      ? `Every task in ${args.table}, by Scan: it reads whatever is in the table, in no order.`
      : `The tasks of ${args.owner} in ${args.table}, newest first.`,
  );
  await eachPage(deployment, args, terminal, async ({ rows }) => {
    const now = Date.now();
    for (const row of rows) terminal.print(args.json ? JSON.stringify(factsOf(row, now)) : lineOf(row, now));
  });
}

/** Page after page, as long as somebody wants another one. */
export async function eachPage(
  deployment: Deployment,
  args: TasksArguments,
  terminal: Terminal,
  use: (page: RowPage) => Promise<void>,
): Promise<void> {
  let number = 0;
  let units = 0;
  for await (const page of pagesOf(deployment, args)) {
    number += 1;
    units += page.units;
    await use(page);
    terminal.say(
      `Page ${number}: ${page.rows.length} tasks of ${page.scanned} items read, ${page.units} read units (${units} in all).`,
    );
    if (page.next === undefined || args.yes) continue;
    if (terminal.attended && (await terminal.ask('The next page?'))) continue;
    terminal.say(`There is more: --after ${page.next} goes on from here, --yes goes through all of it.`);
    return;
  }
}
