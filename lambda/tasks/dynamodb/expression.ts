/** Conditions and changes in DynamoDB's expression language. Every name and value is a placeholder. */
import type { Condition } from '../conditions.ts';
import type { Change } from '../store.ts';
import { toStoredValue } from '../stored.ts';

/** What DynamoDB's write commands take besides the key. Empty members are left out, because DynamoDB refuses them. */
export interface Expression {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** The key is free: the condition under which every item is put. */
export const KEY_IS_FREE: Expression = {
  ConditionExpression: 'attribute_not_exists(#partition)',
  ExpressionAttributeNames: { '#partition': 'partition' },
};

/** The key is free, or its item has expired (`ttl`, in seconds) and awaits its sweep. @param now ms since the epoch */
export const buildFreeOrExpired = (now: number): Expression => ({
  ConditionExpression: 'attribute_not_exists(#partition) OR #ttl <= :now',
  ExpressionAttributeNames: { '#partition': 'partition', '#ttl': 'ttl' },
  ExpressionAttributeValues: { ':now': Math.floor(now / 1000) },
});

/** A whole change: its conditions and its actions. */
export function buildExpression({ when, set, add, remove }: Omit<Change, 'key'>): Expression {
  const terms = new ExpressionTerms();
  const clause = (verb: string, actions: readonly string[]) =>
    actions.length ? [`${verb} ${actions.join(', ')}`] : [];
  const entries = (attributes: Readonly<Record<string, unknown>> = {}) =>
    Object.entries<unknown>(toStoredValue(attributes));
  const update = [
    ...clause(
      'SET',
      entries(set).map(([name, value]) => `${terms.addName(name)} = ${terms.addValue(value)}`),
    ),
    ...clause(
      'ADD',
      entries(add).map(([name, value]) => `${terms.addName(name)} ${terms.addValue(value)}`),
    ),
    ...clause(
      'REMOVE',
      (remove ?? []).map((name) => terms.addName(name)),
    ),
  ].join(' ');
  return {
    ...includeNonEmpty('ConditionExpression', terms.formatConditions(when)),
    ...includeNonEmpty('UpdateExpression', update),
    ...terms.toPlaceholders(),
  };
}

/** Collects the names and values that the parts of one request use. */
class ExpressionTerms {
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, unknown> = {};

  /** Every name gets a placeholder, because many are DynamoDB's reserved words (`status`, `ttl`). */
  addName(attribute: string): string {
    const placeholder = `#${attribute}`;
    this.#names[placeholder] = attribute;
    return placeholder;
  }

  addValue(value: unknown): string {
    const placeholder = `:${Object.keys(this.#values).length}`;
    this.#values[placeholder] = value;
    return placeholder;
  }

  /** All conditions joined; an empty string for none. */
  formatConditions(when: readonly Condition[]): string {
    return when.map((condition) => this.#formatCondition(condition)).join(' AND ');
  }

  toPlaceholders(): Expression {
    return {
      ...includeNonEmpty('ExpressionAttributeNames', this.#names),
      ...includeNonEmpty('ExpressionAttributeValues', this.#values),
    };
  }

  #formatCondition(condition: Condition): string {
    switch (condition.test) {
      case 'present':
        return `attribute_exists(${this.addName(condition.attribute)})`;
      case 'absent':
        return `attribute_not_exists(${this.addName(condition.attribute)})`;
      case 'all':
      case 'any':
        return this.#joinConditions(condition.test, condition.of);
      default:
        return `${this.addName(condition.attribute)} ${condition.test} ${this.addValue(condition.value)}`;
    }
  }

  #joinConditions(test: 'all' | 'any', of: readonly Condition[]): string {
    const [first, ...more] = of.map((each) => this.#formatCondition(each));
    if (first === undefined) {
      // Every condition of an empty list holds, and none of them. The language has no constants, but a key exists or not.
      const key = this.addName('id');
      return `(attribute_exists(${key}) ${test === 'all' ? 'OR' : 'AND'} attribute_not_exists(${key}))`;
    }
    // DynamoDB refuses redundant parentheses, so a single condition has none.
    return more.length === 0 ? first : `(${[first, ...more].join(test === 'all' ? ' AND ' : ' OR ')})`;
  }
}

/** The member, unless it is empty. */
const includeNonEmpty = <Name extends keyof Expression>(
  name: Name,
  value: NonNullable<Expression[Name]>,
): Expression => (Object.keys(value).length > 0 ? { [name]: value } : {});
