import { resolve } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { Duration } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { findFunction, matchAttribute, matchReference, synthesizeFixture } from '../../support/template.ts';

const template = synthesizeFixture();

describe('the functions', () => {
  test('are four, on Node 24 and arm64, each with its own log group', () => {
    template.resourceCountIs('AWS::Lambda::Function', 4);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
    const groups = (['Api', 'Worker', 'DeadLetter', 'External'] as const).map(
      (role) => findFunction(template, role).LoggingConfig.LogGroup.Ref,
    );
    expect(new Set(groups).size).toBe(4);
  });

  test('have the memory and time that the props set, the API less time than the gateway', () => {
    expect(findFunction(template, 'Api')).toMatchObject({ MemorySize: 512 });
    expect(findFunction(template, 'Api').Timeout).toBeLessThan(30);
    expect(findFunction(template, 'Worker')).toMatchObject({ MemorySize: 1024, Timeout: 900 });
    expect(findFunction(template, 'DeadLetter')).toMatchObject({ Timeout: 60 });
    const other = synthesizeFixture({ apiMemory: 1024, workerMemory: 1769, workerTimeout: Duration.minutes(2) });
    expect(findFunction(other, 'Api')).toMatchObject({ MemorySize: 1024 });
    expect(findFunction(other, 'Worker')).toMatchObject({ MemorySize: 1769, Timeout: 120 });
  });

  test('the worker and the dead-letter function may invoke themselves without limit; the API function may not', () => {
    expect(findFunction(template, 'Worker').RecursiveLoop).toBe('Allow');
    expect(findFunction(template, 'DeadLetter').RecursiveLoop).toBe('Allow');
    expect(findFunction(template, 'Api').RecursiveLoop).toBeUndefined();
  });

  test('leave the account its concurrency: no concurrency is reserved', () => {
    template.allResourcesProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: Match.absent() });
  });

  test('exist only once their permissions do, so that no event source is refused', () => {
    for (const [id, { DependsOn }] of Object.entries(template.findResources('AWS::Lambda::Function')))
      expect(DependsOn, id).toContainEqual(expect.stringMatching(/RoleDefaultPolicy/));
  });
});

describe('the environment', () => {
  const table = matchReference('Table');
  const queue = matchReference('Queue');
  const bucket = matchReference('Payloads');

  test('names to each function the resources that it uses, and no others', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          TABLE_NAME: table,
          QUEUE_URL: queue,
          PAYLOAD_BUCKET: bucket,
          SEALING_SECRET_ARN: matchReference('SealingSecret'),
        },
      },
    });
    const names = (role: 'Api' | 'Worker' | 'DeadLetter') =>
      Object.keys(findFunction(template, role).Environment.Variables).sort();
    expect(names('Api')).toEqual([
      'AUTH',
      'MAX_OPEN_TASKS',
      'METRICS_SERVER',
      'OWNER_SHARDS',
      'PAYLOAD_BUCKET',
      'QUEUE_URL',
      'SEALING_SECRET_ARN',
      'TABLE_NAME',
    ]);
    expect(names('Worker')).toEqual([
      'HEARTBEAT_MS',
      'LEASE_MS',
      'METRICS_SERVER',
      'PAYLOAD_BUCKET',
      'QUEUE_URL',
      'TABLE_NAME',
    ]);
    expect(names('DeadLetter')).toEqual(['METRICS_SERVER', 'QUEUE_URL', 'TABLE_NAME']);
  });

  test('gives the worker its lease and its heartbeat in milliseconds', () => {
    expect(findFunction(template, 'Worker').Environment.Variables).toMatchObject({
      LEASE_MS: '60000',
      HEARTBEAT_MS: '5000',
    });
    const calmer = synthesizeFixture({ lease: Duration.minutes(2), heartbeat: Duration.seconds(20) });
    expect(findFunction(calmer, 'Worker').Environment.Variables).toMatchObject({
      LEASE_MS: '120000',
      HEARTBEAT_MS: '20000',
    });
  });

  test('gives the API function the origins that browsers may call from', () => {
    const open = synthesizeFixture({ allowedOrigins: ['https://app.example', 'http://localhost:5173'] });
    expect(findFunction(open, 'Api').Environment.Variables.ALLOWED_ORIGINS).toBe(
      'https://app.example,http://localhost:5173',
    );
  });

  test('gives the functions that run tools the variables of the tools', () => {
    const greeting = synthesizeFixture({ environment: { GREETING: 'hello' } });
    expect(findFunction(greeting, 'Api').Environment.Variables.GREETING).toBe('hello');
    expect(findFunction(greeting, 'Worker').Environment.Variables.GREETING).toBe('hello');
    expect(findFunction(greeting, 'DeadLetter').Environment.Variables.GREETING).toBeUndefined();
  });

  test('gives the path of an asset: on this machine while nothing is bundled', () => {
    const assets = [{ from: 'test/lib/fixtures', to: 'data', variable: 'DATA' }];
    expect(findFunction(synthesizeFixture({ assets }), 'Worker').Environment.Variables.DATA).toBe(
      resolve('test/lib/fixtures'),
    );
  });
});

describe('the event sources', () => {
  test('give the worker one message at a time, accept partial failures, and cap how many work', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    const mapping = (most: number) => ({
      EventSourceArn: matchAttribute('Queue'),
      FunctionName: matchReference('Worker'),
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: most },
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', mapping(50));
    synthesizeFixture({ maxWorkers: 7 }).hasResourceProperties('AWS::Lambda::EventSourceMapping', mapping(7));
  });

  test('give the dead-letter function the messages of the dead-letter queue, and accept partial failures', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: matchAttribute('DeadLetterQueue'),
      FunctionName: matchReference('DeadLetter'),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });
});
