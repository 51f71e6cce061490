/** Conditions and changes in DynamoDB's expression language. Every name and value is a placeholder. */
import type { Condition } from '../conditions.ts';
import type { Change } from '../store.ts';
import { toStoredValue } from '../stored.ts';

/** What DynamoDB's write commands take besides the key. Members that would be empty are left out: it refuses those. */
export interface Expression {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** Nothing stands under the key: what every item is put under. */
export const KEY_IS_FREE: Expression = {
  ConditionExpression: 'attribute_not_exists(#partition)',
  ExpressionAttributeNames: { '#partition': 'partition' },
};

/** Nothing stands under the key but what has expired (`ttl`, in seconds) and awaits its sweep. */
export const buildFreeOrExpired = (now: number): Expression => ({
  ConditionExpression: 'attribute_not_exists(#partition) OR #ttl <= :now',
  ExpressionAttributeNames: { '#partition': 'partition', '#ttl': 'ttl' },
  ExpressionAttributeValues: { ':now': Math.floor(now / 1000) },
});

/** A whole change: what must hold and what it does. */
export const buildExpression = ({ when, set, add, remove }: Omit<Change, 'key'>): Expression => {
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
};

/** Collects the names and values that the parts of one request use. */
class ExpressionTerms {
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, unknown> = {};

  /** Every name goes by a placeholder, because many are DynamoDB's reserved words (`status`, `ttl`). */
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

  /** All of them joined; empty for none. */
  formatConditions(when: readonly Condition[]): string {
    return when.map((condition) => this.#condition(condition)).join(' AND ');
  }

  toPlaceholders(): Expression {
    return {
      ...includeNonEmpty('ExpressionAttributeNames', this.#names),
      ...includeNonEmpty('ExpressionAttributeValues', this.#values),
    };
  }

  #condition(condition: Condition): string {
    switch (condition.test) {
      case 'present':
        return `attribute_exists(${this.addName(condition.attribute)})`;
      case 'absent':
        return `attribute_not_exists(${this.addName(condition.attribute)})`;
      case 'all':
      case 'any':
        return this.#joined(condition.test, condition.of);
      default:
        return `${this.addName(condition.attribute)} ${condition.test} ${this.addValue(condition.value)}`;
    }
  }

  #joined(test: 'all' | 'any', of: readonly Condition[]): string {
    const [first, ...more] = of.map((each) => this.#condition(each));
    if (first === undefined) {
      // Of nothing, all hold and none does. The language has no constants, but the key is there or it is not.
      const key = this.addName('id');
      return `(attribute_exists(${key}) ${test === 'all' ? 'OR' : 'AND'} attribute_not_exists(${key}))`;
    }
    // DynamoDB refuses redundant parentheses, so one part alone goes without.
    return more.length === 0 ? first : `(${[first, ...more].join(test === 'all' ? ' AND ' : ' OR ')})`;
  }
}

/** The member, unless it is empty. */
const includeNonEmpty = <Name extends keyof Expression>(
  name: Name,
  value: NonNullable<Expression[Name]>,
): Expression => (Object.keys(value).length > 0 ? { [name]: value } : {});
