import { Duration } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import type { SynthesizeOptions } from '../../../lib/local/synthesize.ts';
import { synthesizeFixture } from '../../support/template.ts';

const refused: [string, SynthesizeOptions, RegExp][] = [
  [
    'an entry that is not there',
    { entry: 'lambda/nowhere.ts' },
    /no server module at .*lambda\/nowhere\.ts: correct "entry"/,
  ],
  [
    'an asset that is not there',
    { assets: [{ from: 'nowhere', to: 'data' }] },
    /no asset at .*nowhere: correct "assets"/,
  ],
  ['a variable that the construct sets', { environment: { TABLE_NAME: 'mine' } }, /TABLE_NAME is set by the construct/],
  [
    'an asset that takes such a variable',
    { assets: [{ from: 'test', to: 'data', variable: 'QUEUE_URL' }] },
    /QUEUE_URL is set by the construct/,
  ],
  [
    'a worker that may run longer than Lambda lets it',
    { workerTimeout: Duration.minutes(16) },
    /960 s: Lambda allows 900 s/,
  ],
  ['a lease longer than a run', { workerTimeout: Duration.minutes(1) }, /lease of 60 s does not fit .* 60 s/],
  [
    'a heartbeat that a lease does not outlive',
    { heartbeat: Duration.seconds(25) },
    /25 s is too slow for a lease of 60 s/,
  ],
  ['a heartbeat below a second', { heartbeat: Duration.millis(200) }, /200 ms costs more than it tells/],
  [
    'payloads that are kept for part of a day',
    { payloadRetention: Duration.hours(12) },
    /payloadRetention has to be whole days/,
  ],
  ['one worker, which an event source refuses', { maxWorkers: 1 }, /maxWorkers is 1: it has to be 2 to 1000/],
  ['more memory than Lambda has', { workerMemory: 20_000 }, /workerMemory is 20000: it has to be 128 to 10240/],
  ['a gateway that lets nothing through', { requestsPerSecond: 0 }, /requestsPerSecond is 0: it has to be at least 1/],
  ['an origin with a path', { allowedOrigins: ['https://app.example/'] }, /"https:\/\/app\.example\/" is no origin/],
  ['every origin', { allowedOrigins: ['*'] }, /"\*" is no origin/],
];

describe('synthesis refuses', () => {
  test.each(refused)('%s', (_, options, message) => {
    expect(() => synthesizeFixture(options)).toThrow(message);
  });

  test('all that is wrong at once', () => {
    expect(() => synthesizeFixture({ maxWorkers: 1, allowedOrigins: ['*'] })).toThrow(/maxWorkers.*no origin/);
  });
});

test('a prop that is undefined is one that is not given', () => {
  const bare = synthesizeFixture().toJSON();
  expect(
    synthesizeFixture({ workerTimeout: undefined, maxWorkers: undefined, environment: undefined }).toJSON(),
  ).toEqual(bare);
});
