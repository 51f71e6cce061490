/** Testing conditions on a row, as DynamoDB tests them on an item. */
import type { Condition } from '../conditions.ts';
import type { TaskRow } from '../record.ts';

/** Whether a condition holds for a row. A missing row has no attributes. */
export function isConditionMet(row: TaskRow | undefined, condition: Condition): boolean {
  switch (condition.test) {
    case 'all':
      return condition.of.every((each) => isConditionMet(row, each));
    case 'any':
      return condition.of.some((each) => isConditionMet(row, each));
    case 'present':
      return row?.[condition.attribute] !== undefined;
    case 'absent':
      return row?.[condition.attribute] === undefined;
    default: {
      const order = compareValues(row?.[condition.attribute], condition.value);
      if (order === undefined) return false;
      if (condition.test === '=') return order === 0;
      if (condition.test === '>') return order > 0;
      return condition.test === '<' ? order < 0 : order <= 0;
    }
  }
}

/** Order of two values; `undefined` if their types differ or have no order. */
function compareValues(a: unknown, b: string | number): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return undefined;
}

/** DynamoDB's order of text, by its UTF-8 bytes; JavaScript's own order differs beyond U+FFFF. */
export function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
