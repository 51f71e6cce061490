import { Duration } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import type { SynthesizeOptions } from '../../../lib/local/synthesize.ts';
import { synthesizeFixture } from '../../support/template.ts';

const refused: [string, Partial<SynthesizeOptions>, RegExp][] = [
  [
    'an entry that does not exist',
    { entry: 'lambda/nowhere.ts' },
    /no server module at .*lambda\/nowhere\.ts: correct "entry"/,
  ],
  [
    'an asset that does not exist',
    { assets: [{ from: 'nowhere', to: 'data' }] },
    /no asset at .*nowhere: correct "assets"/,
  ],
  ['a variable that the construct sets', { environment: { TABLE_NAME: 'mine' } }, /TABLE_NAME is set by the construct/],
  [
    'an asset whose variable is one of those',
    { assets: [{ from: 'test', to: 'data', variable: 'QUEUE_URL' }] },
    /QUEUE_URL is set by the construct/,
  ],
  [
    'a worker that may run longer than Lambda allows',
    { workerTimeout: Duration.minutes(16) },
    /960 s: Lambda allows at most 900 s/,
  ],
  ['a lease longer than a run', { workerTimeout: Duration.minutes(1) }, /lease of 60 s does not fit .* 60 s/],
  [
    'a lease shorter than three heartbeats',
    { heartbeat: Duration.seconds(25) },
    /25 s is too slow for a lease of 60 s/,
  ],
  ['a heartbeat below a second', { heartbeat: Duration.millis(200) }, /200 ms costs more than it is worth/],
  [
    'payloads that are kept for part of a day',
    { payloadRetention: Duration.hours(12) },
    /payloadRetention must be whole days/,
  ],
  ['one worker, which an event source refuses', { maxWorkers: 1 }, /maxWorkers is 1: it must be 2 to 1000/],
  ['more memory than Lambda has', { workerMemory: 20_000 }, /workerMemory is 20000: it must be 128 to 10240/],
  ['a gateway that lets no request through', { requestsPerSecond: 0 }, /requestsPerSecond is 0: it must be at least 1/],
  [
    'an origin with a path',
    { allowedOrigins: ['https://app.example/'] },
    /"https:\/\/app\.example\/" is not an origin/,
  ],
  ['every origin', { allowedOrigins: ['*'] }, /"\*" is not an origin/],
];

describe('synthesis refuses', () => {
  test.each(refused)('%s', (_, options, message) => {
    expect(() => synthesizeFixture(options)).toThrow(message);
  });

  test('with one error that names every problem', () => {
    const synthesize = () => synthesizeFixture({ maxWorkers: 1, allowedOrigins: ['*'], vpcSubnets: {} });
    for (const problem of ['"*" is not an origin', 'maxWorkers is 1', 'vpcSubnets'])
      expect(synthesize).toThrow(problem);
  });
});

test('a prop that is undefined counts as not given', () => {
  const bare = synthesizeFixture().toJSON();
  expect(
    synthesizeFixture({ workerTimeout: undefined, maxWorkers: undefined, environment: undefined }).toJSON(),
  ).toEqual(bare);
});
