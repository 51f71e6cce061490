import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findFinishedMessages, startPoller } from '../../../lib/local/poller.ts';
import { buildQueueArn, type LocalSqs, startSqs } from '../../../lib/local/sqs.ts';

/** How long a busy machine may take (ms); nothing is measured. */
const WAIT_TIMEOUT_MS = 600_000;

let sqs: LocalSqs;
beforeAll(async () => {
  sqs = await startSqs();
});
afterAll(() => sqs.stop());

async function createPolledQueue(attributes: Record<string, string> = {}) {
  const name = randomUUID();
  await sqs.createQueue(name, attributes);
  const url = sqs.buildQueueUrl(name);
  return {
    name,
    url,
    send: (MessageBody: string) => sqs.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody })),
    countMessages: async () => {
      const { Attributes } = await sqs.client.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return [
        Number(Attributes?.ApproximateNumberOfMessages),
        Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
      ];
    },
  };
}

type PolledQueue = Awaited<ReturnType<typeof createPolledQueue>>;

function startTestPoller(
  queue: PolledQueue,
  invoke: (event: SQSEvent) => Promise<unknown>,
  onFailure: (error: unknown) => void = () => {},
) {
  return startPoller({
    sqs: sqs.client,
    queueUrl: queue.url,
    queueArn: buildQueueArn(queue.name),
    region: 'us-east-1',
    batchSize: 1,
    reportsItemFailures: true,
    invoke,
    onFailure,
  });
}

test('the queues listen on 127.0.0.1 only', () => {
  expect(sqs.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a function gets the event that Lambda would give it, and the messages it finishes are deleted', async () => {
  const queue = await createPolledQueue();
  const { MessageId } = await queue.send('{"generation":1}');
  const events: SQSEvent[] = [];
  const poller = startTestPoller(queue, async (event) => void events.push(event));
  await vi.waitFor(
    async () => expect([events.length, await queue.countMessages()]).toEqual([1, [0, 0]]),
    WAIT_TIMEOUT_MS,
  );
  await poller.stop();
  expect(events[0]).toEqual({
    Records: [
      {
        messageId: MessageId,
        receiptHandle: expect.any(String),
        body: '{"generation":1}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {},
        md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: buildQueueArn(queue.name),
        awsRegion: 'us-east-1',
      },
    ],
  });
});

test('a message in batchItemFailures reappears, with a higher receive count', async () => {
  const queue = await createPolledQueue({ VisibilityTimeout: '1' });
  await queue.send('again');
  const receives: string[] = [];
  const poller = startTestPoller(queue, async ({ Records: [record] }) => {
    receives.push(record?.attributes.ApproximateReceiveCount ?? '');
    return { batchItemFailures: receives.length === 1 ? [{ itemIdentifier: record?.messageId }] : [] };
  });
  await vi.waitFor(() => expect(receives.length).toBeGreaterThan(1), WAIT_TIMEOUT_MS);
  await vi.waitFor(async () => expect(await queue.countMessages()).toEqual([0, 0]), WAIT_TIMEOUT_MS);
  await poller.stop();
  // It reappears once more where a busy machine takes longer than a second to delete it.
  expect(receives.slice(0, 2)).toEqual(['1', '2']);
});

test('a failed invocation leaves its message in the queue and is reported', async () => {
  const queue = await createPolledQueue({ VisibilityTimeout: '600' });
  await queue.send('poison');
  const failures: unknown[] = [];
  const poller = startTestPoller(
    queue,
    () => Promise.reject(new Error('crashed')),
    (error) => failures.push(error),
  );
  await vi.waitFor(() => expect(failures).toHaveLength(1), WAIT_TIMEOUT_MS);
  await poller.stop();
  expect(await queue.countMessages()).toEqual([0, 1]);
});

test('a poller has one invocation at a time, and several pollers have several', async () => {
  const queue = await createPolledQueue();
  let together = 0;
  let maxTogether = 0;
  let done = 0;
  const both = Promise.withResolvers<void>();
  const invoke = async () => {
    maxTogether = Math.max(maxTogether, ++together);
    if (together === 2) both.resolve();
    await both.promise;
    await new Promise((resolve) => setTimeout(resolve, 20));
    together -= 1;
    done += 1;
  };
  for (let i = 0; i < 8; i++) await queue.send(String(i));
  const pollers = [startTestPoller(queue, invoke), startTestPoller(queue, invoke)];
  await vi.waitFor(() => expect(done).toBe(8), WAIT_TIMEOUT_MS);
  await Promise.all(pollers.map((poller) => poller.stop()));
  expect(maxTogether).toBe(2);
});

test('a message received more often than the redrive policy allows goes to the dead-letter queue', async () => {
  const dead = await createPolledQueue();
  const queue = await createPolledQueue({
    VisibilityTimeout: '0',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: buildQueueArn(dead.name), maxReceiveCount: 2 }),
  });
  await queue.send('poison');
  const bodies: string[] = [];
  const poller = startTestPoller(queue, () => Promise.reject(new Error('no')));
  const deadPoller = startTestPoller(dead, async (event) => void bodies.push(event.Records[0]?.body ?? ''));
  await vi.waitFor(() => expect(bodies).toEqual(['poison']), WAIT_TIMEOUT_MS);
  await Promise.all([poller.stop(), deadPoller.stop()]);
});

describe('which messages of a batch are deleted', () => {
  const batch: Message[] = [{ MessageId: 'a' }, { MessageId: 'b' }];
  const findFinishedIds = (response: unknown) =>
    findFinishedMessages(batch, response).map((message) => message.MessageId);

  test('all, when the function names no failures', () => {
    expect(findFinishedIds(undefined)).toEqual(['a', 'b']);
    expect(findFinishedIds(null)).toEqual(['a', 'b']);
    expect(findFinishedIds({})).toEqual(['a', 'b']);
    expect(findFinishedIds({ batchItemFailures: [] })).toEqual(['a', 'b']);
  });

  test('the others, when it names some failures', () => {
    expect(findFinishedIds({ batchItemFailures: [{ itemIdentifier: 'b' }] })).toEqual(['a']);
  });

  test('none, when it names a message outside the batch', () => {
    for (const itemIdentifier of ['c', '', null, undefined])
      expect(findFinishedIds({ batchItemFailures: [{ itemIdentifier }] })).toEqual([]);
    expect(findFinishedIds({ batchItemFailures: [null] })).toEqual([]);
    expect(findFinishedIds({ batchItemFailures: 'a' })).toEqual([]);
  });
});
