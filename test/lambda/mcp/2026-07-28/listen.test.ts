import { describe, expect, test } from 'vitest';
import { defineServer } from '../../../../lambda/index.ts';
import { META_KEYS } from '../../../../lambda/mcp/rpc.ts';
import { createTestFrontDoor } from '../../../support/front-door.ts';

const info = { name: 'listen', version: '1.0.0' };

describe('subscriptions/listen with a buffered reply', () => {
  test.each([
    {},
    { toolsListChanged: true },
    { taskIds: ['a', 'b'] },
    { resourceSubscriptions: ['file:///x'], taskIds: [] },
  ])('%j: acknowledged and gracefully ended in one body', async (notifications) => {
    const frontDoor = createTestFrontDoor(defineServer({ ...info, tools: [] }));
    const got = await frontDoor.call('subscriptions/listen', { notifications }, { id: 'sub-1' });
    expect(got.status).toBe(200);
    expect(got.headers['content-type']).toBe('text/event-stream');
    const messages = got.text
      .split('\n\n')
      .filter(Boolean)
      .map((event) => {
        expect(event).toMatch(/^event: message\ndata: /);
        return JSON.parse(event.replace(/^event: message\ndata: /, ''));
      });
    expect(messages).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications: {}, _meta: { [META_KEYS.subscriptionId]: 'sub-1' } },
      },
      {
        jsonrpc: '2.0',
        id: 'sub-1',
        result: {
          resultType: 'complete',
          _meta: { [META_KEYS.subscriptionId]: 'sub-1', [META_KEYS.serverInfo]: info },
        },
      },
    ]);
    expect(frontDoor.calls).toEqual([]);
    expect(frontDoor.loads).toEqual({ server: 0, sdk: 0 });
  });
});
