import { beforeAll, describe, expect, test } from 'vitest';
import { type CallCosts, measureCalls } from '../../bench/calls.ts';
import { type BillItem, billPolls, billTasks, formatCostTables, PRICES_USD } from '../../bench/cost.ts';
import { getDynamoDbEndpoint } from '../support/dynamodb.ts';

describe('the cost of a million polls and tasks', () => {
  let costs: CallCosts;
  beforeAll(async () => {
    costs = await measureCalls(getDynamoDbEndpoint());
  });
  const findUsd = (items: readonly BillItem[], name: string) => items.find(({ label }) => label === name)?.usd;

  test('a poll is one request of each, and one strongly consistent read', () => {
    const items = billPolls(costs);
    expect(findUsd(items, 'API Gateway (HTTP API)')).toBe(PRICES_USD.gatewayRequest);
    expect(findUsd(items, 'Lambda requests')).toBe(PRICES_USD.lambdaRequest);
    expect(findUsd(items, 'DynamoDB reads')).toBe(PRICES_USD.readUnit);
  });

  test('a task of a minute is three writes and twelve heartbeats, and sixteen requests to SQS', () => {
    const items = billTasks(costs, 60_000, 5_000);
    expect(items.find(({ label }) => label === 'DynamoDB writes')?.arithmetic).toBe('15 × $0.625');
    // The task's own message, a change of visibility for the claim and for each heartbeat, and two requests of Lambda.
    expect(items.find(({ label }) => label === 'SQS requests')?.arithmetic).toBe('16 × $0.4');
  });

  test('fewer heartbeats cost less, and each table adds up', () => {
    const total = (heartbeatMs: number) =>
      billTasks(costs, 600_000, heartbeatMs).reduce((sum, { usd }) => sum + usd, 0);
    expect(total(5_000) - total(15_000)).toBeCloseTo(80 * (PRICES_USD.writeUnit + PRICES_USD.sqsRequest), 6);
    const tables = formatCostTables(costs);
    expect(tables).not.toContain('NaN');
    const [bill = ''] = tables.split('\n\n');
    const figures = [...bill.matchAll(/\$([\d.]+) \|$/gm)].map(([, usd]) => Number(usd));
    const [, together] = /\*\*\$([\d.]+)\*\*/.exec(bill) ?? [];
    expect(figures.reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(Number(together), 1);
  });
});
