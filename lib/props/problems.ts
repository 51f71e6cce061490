/** Problems with the props: all of them are collected, so that one error names them together. */
import { Token } from 'aws-cdk-lib/core';

/** @throws Error that names every problem, each with what to do about it */
export function requireNoProblems(problems: Iterable<string>): void {
  const found = [...problems];
  if (found.length > 0) throw new Error(`McpTasksServer: ${found.join(' ')}`);
}

/** The smallest and the largest value of a number; without the latter there is no upper bound. */
export type Bounds = readonly [min: number, max?: number];

/** Numbers out of bounds. A value known only at deployment is not judged. */
export function* findRangeProblems<N extends string>(
  values: Readonly<Record<NoInfer<N>, number>>,
  bounds: Readonly<Record<N, Bounds>>,
): Iterable<string> {
  for (const [name, [min, max = Number.POSITIVE_INFINITY]] of Object.entries<Bounds>(bounds)) {
    const value = values[name as N];
    if (!Token.isUnresolved(value) && !(value >= min && value <= max))
      yield `${name} is ${value}: it must be ${max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`}.`;
  }
}
