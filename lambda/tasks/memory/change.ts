/** Applying a change to a row, as DynamoDB applies an UpdateExpression to an item. */
import type { TaskRow } from '../record.ts';
import type { Change } from '../store.ts';
import { toStoredValue } from '../stored.ts';

/** The row as the change leaves it. A row that did not exist gets only the attributes that the change names. */
export function applyChange(row: TaskRow | undefined, { key, set, add, remove }: Change): TaskRow {
  const before: Readonly<Record<string, unknown>> = { ...(row ?? { partition: key.partition, id: key.id }) };
  const added = Object.entries(toStoredValue(add ?? {})).map(([name, by]) => [name, Number(before[name] ?? 0) + by]);
  const after: Record<string, unknown> = { ...before, ...toStoredValue(set ?? {}), ...Object.fromEntries(added) };
  for (const name of remove ?? []) delete after[name];
  return toStoredValue(after) as unknown as TaskRow;
}
