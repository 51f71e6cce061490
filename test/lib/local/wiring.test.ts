import { describe, expect, test } from 'vitest';
import { buildFunctionEnvironment } from '../../../lib/local/function-environment.ts';
import { type LocalNames, resolveValue } from '../../../lib/local/intrinsics.ts';
import { synthesizeTemplate } from '../../../lib/local/synthesize.ts';
import { TASK_TABLE } from '../../../lib/local/table.ts';
import { type CfnTemplate, readWiring } from '../../../lib/local/wiring.ts';
import { FIXTURE_SERVER } from '../../support/template.ts';

const template = synthesizeTemplate({ entry: FIXTURE_SERVER, bundle: false });
const wiring = readWiring(template);

type Resources = Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>;

/** The template without one type of resource, or with other properties for it. */
function changeResources(type: string, properties?: Record<string, unknown>): CfnTemplate {
  const resources: Resources = {};
  for (const [id, resource] of Object.entries(template.Resources as Resources)) {
    if (resource.Type !== type) resources[id] = resource;
    else if (properties) resources[id] = { ...resource, Properties: { ...resource.Properties, ...properties } };
  }
  return { Resources: resources };
}

test('table, queues, functions and routes are those of the synthesized template', () => {
  expect(wiring).toMatchObject({
    table: { ...TASK_TABLE, ttlAttribute: 'ttl' },
    maxReceiveCount: 100,
    work: {
      queue: { attributes: { VisibilityTimeout: '900', MessageRetentionPeriod: '604800' } },
      function: { timeoutMs: 900_000 },
      batchSize: 1,
      reportsItemFailures: true,
    },
    deadLetters: { queue: { attributes: { MessageRetentionPeriod: '1209600' } }, reportsItemFailures: true },
    routes: ['ANY /mcp'],
    integrationTimeoutMs: 30_000,
  });
  expect(wiring.work.maximumConcurrency).toBeGreaterThan(1);
  expect(wiring.api.timeoutMs).toBeLessThan(wiring.integrationTimeoutMs);
  expect(new Set([wiring.api.id, wiring.work.function.id, wiring.deadLetters.function.id]).size).toBe(3);
});

test('a template that lacks something is refused by its name', () => {
  for (const [type, what] of [
    ['AWS::DynamoDB::Table', /a DynamoDB table/],
    ['AWS::SQS::Queue', /a queue with a redrive policy/],
    ['AWS::Lambda::EventSourceMapping', /an event source mapping for the queue/],
    ['AWS::ApiGatewayV2::Integration', /an HTTP API integration/],
    ['AWS::ApiGatewayV2::Route', /a route of the HTTP API/],
    ['AWS::Lambda::Function', /the function that the queue .* feeds/],
  ] as const) {
    expect(() => readWiring(changeResources(type)), type).toThrow(what);
  }
});

test('a route that requires an identity is refused, since nothing on this machine would check it', () => {
  const guarded = changeResources('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' });
  expect(() => readWiring(guarded)).toThrow(/ANY \/mcp requires AWS_IAM authorization/);
});

describe('the environment of a function', () => {
  const names: LocalNames = new Map([
    [wiring.table.id, { ref: 'table-1' }],
    [wiring.work.queue.id, { ref: 'http://127.0.0.1:1/0/queue-1', attributes: { Arn: 'arn:queue-1' } }],
    [wiring.deadLetters.queue.id, { ref: 'http://127.0.0.1:1/0/dead-1' }],
    [wiring.payloadBucket, { ref: '/tmp/payloads', isFolder: true }],
    ['Reports', { ref: '/tmp/reports', isFolder: true }],
    ...wiring.secrets.map((id): [string, { ref: string }] => [id, { ref: 'the secret' }]),
  ]);
  const endpoints = { dynamodb: 'http://127.0.0.1:2', sqs: 'http://127.0.0.1:1' };

  test('is the template’s, with a folder instead of the bucket and the secret itself instead of its ARN', () => {
    const environment = buildFunctionEnvironment(wiring.api, names, endpoints, {});
    expect(environment).toMatchObject({
      TABLE_NAME: 'table-1',
      QUEUE_URL: 'http://127.0.0.1:1/0/queue-1',
      PAYLOAD_FOLDER: '/tmp/payloads',
      SEALING_SECRET: 'the secret',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:2',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
      AWS_LAMBDA_FUNCTION_NAME: wiring.api.id,
    });
    expect(environment).not.toHaveProperty('PAYLOAD_BUCKET');
    expect(environment).not.toHaveProperty('SEALING_SECRET_ARN');
  });

  test('has a folder for each other bucket that a variable names', () => {
    const withReports = {
      ...wiring.api,
      environment: { REPORTS_BUCKET: { Ref: 'Reports' }, OTHER_BUCKET: 'a-bucket-of-another-stack' },
    };
    expect(buildFunctionEnvironment(withReports, names, endpoints, {})).toMatchObject({
      REPORTS_FOLDER: '/tmp/reports',
      OTHER_BUCKET: 'a-bucket-of-another-stack',
    });
  });

  test('has the secret only where the template has it', () => {
    expect(buildFunctionEnvironment(wiring.work.function, names, endpoints, {})).not.toHaveProperty('SEALING_SECRET');
    expect(buildFunctionEnvironment(wiring.deadLetters.function, names, endpoints, {})).not.toHaveProperty(
      'SEALING_SECRET',
    );
  });

  test('contains nothing of the real AWS account, and the rest of what the stack inherited', () => {
    const inherited = {
      AWS_PROFILE: 'production',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SESSION_TOKEN: 'x',
      API_KEY: 'inherited',
      NONE: undefined,
    };
    const environment = buildFunctionEnvironment(wiring.api, names, endpoints, inherited);
    expect(environment).toMatchObject({ AWS_ACCESS_KEY_ID: 'local', API_KEY: 'inherited' });
    for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'NONE']) expect(environment).not.toHaveProperty(name);
  });

  test('can be overridden', () => {
    expect(buildFunctionEnvironment(wiring.api, names, endpoints, {}, { LEASE_MS: '3000' })).toMatchObject({
      LEASE_MS: '3000',
    });
  });

  test('names a variable that refers to what does not run on this machine', () => {
    const odd = { ...wiring.api, environment: { TOPIC_ARN: { Ref: 'Topic' } } };
    expect(() => buildFunctionEnvironment(odd, names, endpoints, {})).toThrow(
      /TOPIC_ARN of the function \w+ refers to Topic/,
    );
  });
});

describe('CloudFormation values', () => {
  const names: LocalNames = new Map([['Q', { ref: 'q-url', attributes: { Arn: 'q-arn' } }]]);
  test.each([
    ['text', 'text'],
    [60, '60'],
    [{ Ref: 'Q' }, 'q-url'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ 'Fn::GetAtt': ['Q', 'Arn'] }, 'q-arn'],
    [{ 'Fn::GetAtt': 'Q.Arn' }, 'q-arn'],
    [{ 'Fn::Join': ['/', ['a', { Ref: 'Q' }, { 'Fn::Join': ['', ['b', 'c']] }]] }, 'a/q-url/bc'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
    [{ 'Fn::Sub': 'in ${AWS::Region}: ${Q} and ${Q.Arn}' }, 'in us-east-1: q-url and q-arn'],
  ])('%j is %s', (value, expected) => {
    expect(resolveValue(value, names, 'It')).toBe(expected);
  });

  test.each([
    [{ 'Fn::GetAtt': ['Q', 'Nothing'] }],
    [{ Ref: 'Unknown' }],
    [{ 'Fn::If': ['a', 'b', 'c'] }],
    [null],
    [{}],
    [[1]],
  ])('%j is refused by name', (value) => {
    expect(() => resolveValue(value, names, 'The variable X')).toThrow(/^The variable X /);
  });
});
