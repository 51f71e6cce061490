import { App, Validations } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { DatasetsStack } from '../../examples/datasets/stack.ts';

const app = new App({ context: { [BUNDLING_STACKS]: [] } });
const stack = new DatasetsStack(app, 'McpTasks', { streaming: true });

const listNagFindings = (checks: AwsSolutionsChecks) =>
  checks
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );

/** The rules that the constructs acknowledge, with their reasons. */
const acknowledged = stack.node.findAll().flatMap(({ node }) =>
  node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries<string>(data))
    .map(([rule, reason]) => ({ rule: rule.replace(/^annotation::/i, ''), path: node.path, reason })),
);

test('passes every rule of AWS Solutions, errors and warnings, except those that are acknowledged in place', () => {
  expect(listNagFindings(new AwsSolutionsChecks())).toEqual([]);
});

test('acknowledges only what a rule complains about, and gives a reason for each', () => {
  const unforgiving = Object.assign(new AwsSolutionsChecks(), { isAcknowledged: () => false });
  const complaints = listNagFindings(unforgiving);
  expect(complaints).toHaveLength(acknowledged.length);
  for (const { rule, path, reason } of acknowledged) {
    expect(complaints).toContainEqual(expect.stringContaining(`${rule} at ${path}/`));
    expect(reason.length).toBeGreaterThan(40);
  }
});
