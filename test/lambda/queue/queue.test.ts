import { setTimeout as pause } from 'node:timers/promises';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSqsClient } from '../../../lambda/aws/sqs.ts';
import { Unavailable } from '../../../lambda/engine/errors.ts';
import type { WakeUp } from '../../../lambda/engine/ports.ts';
import { parseDelivery, SqsWakeUpQueue } from '../../../lambda/queue/queue.ts';
import { type LocalSqs, startSqs } from '../../../lib/local/sqs.ts';
import { EMULATOR_TIMEOUT_MS } from '../../support/emulator.ts';

const wakeUp: WakeUp = {
  partition: 'owner#1',
  task: 'task-1',
  generation: 2,
  commitBy: 1_000,
  traceparent: '00-1-2-01',
};

/** What Lambda's event source makes of a message. */
const buildSqsRecord = (message: Message) =>
  ({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
  }) as unknown as SQSRecord;

describe('the wake-up queue on SQS', () => {
  let local: LocalSqs;
  beforeAll(async () => {
    local = await startSqs();
  });
  afterAll(() => local.stop());

  /** A new queue, and how to receive from it. */
  const aQueue = async (name: string) => {
    await local.createQueue(name, { VisibilityTimeout: '600' });
    const queueUrl = local.buildQueueUrl(name);
    const client = createSqsClient({ endpoint: local.endpoint, requestTimeoutMs: EMULATOR_TIMEOUT_MS });
    const receive = async () => {
      const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageSystemAttributeNames: ['All'] });
      return (await client.send(command)).Messages?.[0];
    };
    return { queue: new SqsWakeUpQueue({ client, queueUrl }), client, queueUrl, receive };
  };

  test('delivers what was sent', async () => {
    const { queue, client, queueUrl, receive } = await aQueue('delivers');
    await queue.send(wakeUp);
    const { delivery } = parseDelivery(buildSqsRecord((await receive()) ?? {}), client, queueUrl);
    expect(delivery).toMatchObject({ wakeUp, receives: 1 });
  });

  test('sends with a fairness group, and with a delay in seconds up to the maximum of SQS', async () => {
    const { queue, client } = await aQueue('inputs');
    const inputs: unknown[] = [];
    client.middlewareStack.add(
      (next) => (args) => {
        inputs.push(args.input);
        return next(args);
      },
      { step: 'initialize' },
    );
    await queue.send(wakeUp, { group: 'owner-1' });
    await queue.send(wakeUp, { delayMs: 1_001 });
    await queue.send(wakeUp, { delayMs: 86_400_000 });
    const message = { QueueUrl: local.buildQueueUrl('inputs'), MessageBody: JSON.stringify(wakeUp) };
    expect(inputs).toStrictEqual([
      { ...message, MessageGroupId: 'owner-1' },
      { ...message, DelaySeconds: 2 },
      { ...message, DelaySeconds: 900 },
    ]);
  });

  test('lets a message reappear at once if asked, and counts its receives', async () => {
    const { queue, client, queueUrl, receive } = await aQueue('reappears');
    await queue.send(wakeUp);
    const first = await receive();
    expect(await receive()).toBeUndefined();
    await parseDelivery(buildSqsRecord(first ?? {}), client, queueUrl).delivery?.reappearIn(0);
    const again = parseDelivery(buildSqsRecord((await receive()) ?? {}), client, queueUrl);
    expect(again.delivery?.receives).toBe(2);
  });

  test('hides a message for the given time, up to the maximum of SQS', async () => {
    const { queue, client, queueUrl, receive } = await aQueue('hidden');
    await queue.send(wakeUp);
    const { delivery } = parseDelivery(buildSqsRecord((await receive()) ?? {}), client, queueUrl);
    const requestedSeconds: unknown[] = [];
    client.middlewareStack.add(
      (next) => (args) => {
        if ('VisibilityTimeout' in args.input) requestedSeconds.push(args.input.VisibilityTimeout);
        return next(args);
      },
      { step: 'initialize' },
    );
    await delivery?.reappearIn(600_001);
    expect(await receive()).toBeUndefined();
    await expect(delivery?.reappearIn(Number.MAX_SAFE_INTEGER)).resolves.toBeUndefined();
    await delivery?.reappearIn(1);
    expect(requestedSeconds).toEqual([601, 43_200, 1]);
  });

  test('delays a message even by a millisecond', async () => {
    const { queue, receive } = await aQueue('delayed');
    const sentAt = Date.now();
    await queue.send(wakeUp, { delayMs: 1 });
    const early = await receive();
    // A busy machine may have let the second pass.
    expect(early === undefined || Date.now() - sentAt >= 1_000).toBe(true);
    let message = early;
    while (!message) {
      await pause(50);
      message = await receive();
    }
    expect(JSON.parse(message.Body ?? '')).toEqual(wakeUp);
  });

  test('throws Unavailable when SQS accepts neither the message nor the change', async () => {
    const { client, queueUrl } = await aQueue('refuses');
    const nowhere = new SqsWakeUpQueue({ client, queueUrl: `${queueUrl}-that-is-not-there` });
    await expect(nowhere.send(wakeUp)).rejects.toThrow(Unavailable);
    const record = buildSqsRecord({ Body: JSON.stringify(wakeUp), ReceiptHandle: 'stale', Attributes: {} });
    await expect(parseDelivery(record, client, queueUrl).delivery?.reappearIn(0)).rejects.toThrow(Unavailable);
  });

  test.each([
    ['no JSON', 'not JSON'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no partition', JSON.stringify({ ...wakeUp, partition: undefined })],
    ['an empty task', JSON.stringify({ ...wakeUp, task: '' })],
    ['a generation of 0', JSON.stringify({ ...wakeUp, generation: 0 })],
    ['a generation as text', JSON.stringify({ ...wakeUp, generation: '2' })],
    ['no commitBy', JSON.stringify({ ...wakeUp, commitBy: undefined })],
    ['an endless commitBy', JSON.stringify(wakeUp).replace('1000', '1e999')],
  ])('gives the reason why a body is not a wake-up: %s', async (_, Body) => {
    const { client, queueUrl } = {
      client: createSqsClient({ endpoint: local.endpoint, requestTimeoutMs: EMULATOR_TIMEOUT_MS }),
      queueUrl: local.buildQueueUrl('any'),
    };
    const received = parseDelivery(buildSqsRecord({ Body, Attributes: {} }), client, queueUrl);
    expect(received).toEqual({ reason: expect.any(String) });
  });

  test('ignores unknown members of a body', () => {
    const Body = JSON.stringify({ ...wakeUp, __proto__: { polluted: true }, more: 1 });
    const client = createSqsClient({ endpoint: local.endpoint, requestTimeoutMs: EMULATOR_TIMEOUT_MS });
    const { delivery } = parseDelivery(buildSqsRecord({ Body, Attributes: {} }), client, local.buildQueueUrl('any'));
    expect(delivery?.wakeUp).toStrictEqual(wakeUp);
  });
});
