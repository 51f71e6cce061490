import { beforeAll, describe, expect, test } from 'vitest';
import { type CallCosts, measureCalls } from '../../bench/calls.ts';
import { getDynamoDbEndpoint } from '../support/dynamodb.ts';

describe('the cost of a call', () => {
  let costs: CallCosts;
  beforeAll(async () => {
    costs = await measureCalls(getDynamoDbEndpoint());
  });

  test.each([
    ['create', { PutItem: 1, SendMessage: 1 }],
    ['create (first)', { Query: 1, PutItem: 1, SendMessage: 1 }],
    ['get', { GetItem: 1 }],
    ['get (completed)', { GetItem: 1 }],
    ['update (partial)', { GetItem: 1, UpdateItem: 1 }],
    ['update (resumes)', { GetItem: 1, UpdateItem: 1, SendMessage: 1 }],
    ['cancel', { UpdateItem: 1 }],
    ['claim', { UpdateItem: 1, ChangeMessageVisibility: 1 }],
    ['claim (resumed)', { UpdateItem: 1, ChangeMessageVisibility: 1 }],
    ['step', { TransactWriteItems: 1 }],
    ['park', { UpdateItem: 1 }],
    ['settle', { UpdateItem: 1 }],
  ])('%s makes exactly these requests', (call, requests) => {
    expect(costs.calls.find((cost) => cost.call === call)?.requests).toEqual(requests);
  });

  test('a heartbeat is one write and one change of visibility', () => {
    const { requests } = costs.calls.find(({ call }) => call === 'heartbeat') ?? {};
    expect(Object.keys(requests ?? {}).sort()).toEqual(['ChangeMessageVisibility', 'UpdateItem']);
    expect(requests?.UpdateItem).toBeCloseTo(requests?.ChangeMessageVisibility ?? 0, 0);
  });

  test('the row of an ordinary task stays under 1 KB while it works, so that each write costs one unit', () => {
    expect(costs.rowBytes).toBeGreaterThan(300);
    expect(costs.rowBytes).toBeLessThan(1_024);
    for (const call of ['create', 'claim', 'heartbeat', 'settle', 'cancel'])
      expect(costs.calls.find((cost) => cost.call === call)).toMatchObject({ readUnits: 0, writeUnits: 1 });
  });
});
