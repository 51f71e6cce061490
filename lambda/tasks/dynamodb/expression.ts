/** Conditions and changes in DynamoDB's expression language. Every name and value is a placeholder. */
import type { Condition } from '../conditions.ts';
import type { Change } from '../store.ts';
import { stored } from '../stored.ts';

/** What DynamoDB's write commands take besides the key. Members that would be empty are left out: it refuses those. */
export interface Expression {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** Nothing stands under the key: what every item is put under. */
export const nothingThere: Expression = {
  ConditionExpression: 'attribute_not_exists(#partition)',
  ExpressionAttributeNames: { '#partition': 'partition' },
};

/** Nothing stands under the key but what has expired (`ttl`, in seconds) and awaits its sweep. */
export const nothingThereAt = (now: number): Expression => ({
  ConditionExpression: 'attribute_not_exists(#partition) OR #ttl <= :now',
  ExpressionAttributeNames: { '#partition': 'partition', '#ttl': 'ttl' },
  ExpressionAttributeValues: { ':now': Math.floor(now / 1000) },
});

/** A whole change: what must hold and what it does. */
export const expressionOf = ({ when, set, add, remove }: Omit<Change, 'key'>): Expression => {
  const terms = new Terms();
  const clause = (verb: string, actions: readonly string[]) =>
    actions.length ? [`${verb} ${actions.join(', ')}`] : [];
  const entries = (attributes: Readonly<Record<string, unknown>> = {}) => Object.entries<unknown>(stored(attributes));
  const update = [
    ...clause(
      'SET',
      entries(set).map(([name, value]) => `${terms.name(name)} = ${terms.value(value)}`),
    ),
    ...clause(
      'ADD',
      entries(add).map(([name, value]) => `${terms.name(name)} ${terms.value(value)}`),
    ),
    ...clause(
      'REMOVE',
      (remove ?? []).map((name) => terms.name(name)),
    ),
  ].join(' ');
  return {
    ...given('ConditionExpression', terms.conditions(when)),
    ...given('UpdateExpression', update),
    ...terms.placeholders(),
  };
};

/** Collects the names and values that the parts of one request use. */
class Terms {
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, unknown> = {};

  /** Every name goes by a placeholder, because many are DynamoDB's reserved words (`status`, `ttl`). */
  name(attribute: string): string {
    const placeholder = `#${attribute}`;
    this.#names[placeholder] = attribute;
    return placeholder;
  }

  value(value: unknown): string {
    const placeholder = `:${Object.keys(this.#values).length}`;
    this.#values[placeholder] = value;
    return placeholder;
  }

  /** All of them joined; empty for none. */
  conditions(when: readonly Condition[]): string {
    return when.map((condition) => this.#condition(condition)).join(' AND ');
  }

  placeholders(): Expression {
    return { ...given('ExpressionAttributeNames', this.#names), ...given('ExpressionAttributeValues', this.#values) };
  }

  #condition(condition: Condition): string {
    switch (condition.test) {
      case 'present':
        return `attribute_exists(${this.name(condition.attribute)})`;
      case 'absent':
        return `attribute_not_exists(${this.name(condition.attribute)})`;
      case 'all':
      case 'any':
        return this.#joined(condition.test, condition.of);
      default:
        return `${this.name(condition.attribute)} ${condition.test} ${this.value(condition.value)}`;
    }
  }

  #joined(test: 'all' | 'any', of: readonly Condition[]): string {
    const [first, ...more] = of.map((each) => this.#condition(each));
    if (first === undefined) {
      // Of nothing, all hold and none does. The language has no constants, but the key is there or it is not.
      const key = this.name('id');
      return `(attribute_exists(${key}) ${test === 'all' ? 'OR' : 'AND'} attribute_not_exists(${key}))`;
    }
    // DynamoDB refuses redundant parentheses, so one part alone goes without.
    return more.length === 0 ? first : `(${[first, ...more].join(test === 'all' ? ' AND ' : ' OR ')})`;
  }
}

/** The member, unless it is empty. */
const given = <Name extends keyof Expression>(name: Name, value: NonNullable<Expression[Name]>): Expression =>
  Object.keys(value).length > 0 ? { [name]: value } : {};
