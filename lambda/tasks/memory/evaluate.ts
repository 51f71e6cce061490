/** Conditions, tested on a row at hand as DynamoDB tests them on an item. */
import type { Condition } from '../conditions.ts';
import type { TaskRow } from '../record.ts';

/** Whether a condition holds for a row. A missing row has no attributes. */
export const isConditionMet = (row: TaskRow | undefined, condition: Condition): boolean => {
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
};

/** Order of two values; `undefined` when they are of different types or of one that has no order. */
const compareValues = (a: unknown, b: string | number): number | undefined => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return undefined;
};

/** Text in the order of its UTF-8 bytes, which is DynamoDB's; JavaScript's own differs beyond U+FFFF. */
export const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
