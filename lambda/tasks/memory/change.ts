/** Changes, applied to a row at hand as DynamoDB applies an UpdateExpression to an item. */
import type { TaskRow } from '../record.ts';
import type { Change } from '../store.ts';
import { toStoredValue } from '../stored.ts';

/** The row as the change leaves it. Where nothing stood, only what the change names comes to be. */
export const applyChange = (row: TaskRow | undefined, { key, set, add, remove }: Change): TaskRow => {
  const was: Readonly<Record<string, unknown>> = { ...(row ?? { partition: key.partition, id: key.id }) };
  const added = Object.entries(toStoredValue(add ?? {})).map(([name, by]) => [name, Number(was[name] ?? 0) + by]);
  const now: Record<string, unknown> = { ...was, ...toStoredValue(set ?? {}), ...Object.fromEntries(added) };
  for (const name of remove ?? []) delete now[name];
  return toStoredValue(now) as unknown as TaskRow;
};
