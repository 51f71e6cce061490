import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGrants, synthesizeFixture } from '../../support/template.ts';

const template = synthesizeFixture();

describe('what each function may do', () => {
  test('the API function writes rows, sends wake-ups that it cannot receive, and alone reads the secret', () => {
    expect(readGrants(template, 'Api')).toEqual({
      'logs:CreateLogStream': ['ApiLogs'],
      'logs:PutLogEvents': ['ApiLogs'],
      'dynamodb:GetItem': ['Table'],
      'dynamodb:Query': ['Table'],
      'dynamodb:PutItem': ['Table'],
      'dynamodb:UpdateItem': ['Table'],
      'sqs:SendMessage': ['Queue'],
      'secretsmanager:GetSecretValue': ['SealingSecret'],
      's3:GetObject': ['Payloads/*'],
      's3:PutObject': ['Payloads/*'],
    });
  });

  test('the worker writes rows, and consumes and sends wake-ups', () => {
    expect(readGrants(template, 'Worker')).toEqual({
      'logs:CreateLogStream': ['WorkerLogs'],
      'logs:PutLogEvents': ['WorkerLogs'],
      'dynamodb:GetItem': ['Table'],
      'dynamodb:Query': ['Table'],
      'dynamodb:PutItem': ['Table'],
      'dynamodb:UpdateItem': ['Table'],
      'sqs:SendMessage': ['Queue'],
      'sqs:ReceiveMessage': ['Queue'],
      'sqs:DeleteMessage': ['Queue'],
      'sqs:ChangeMessageVisibility': ['Queue'],
      'sqs:GetQueueAttributes': ['Queue'],
      's3:GetObject': ['Payloads/*'],
      's3:PutObject': ['Payloads/*'],
    });
  });

  test('the dead-letter function consumes dead letters and sends wake-ups: it reads rows and writes none', () => {
    expect(readGrants(template, 'DeadLetter')).toEqual({
      'logs:CreateLogStream': ['DeadLetterLogs'],
      'logs:PutLogEvents': ['DeadLetterLogs'],
      'dynamodb:GetItem': ['Table'],
      'sqs:SendMessage': ['Queue'],
      'sqs:ReceiveMessage': ['DeadLetterQueue'],
      'sqs:DeleteMessage': ['DeadLetterQueue'],
      'sqs:ChangeMessageVisibility': ['DeadLetterQueue'],
      'sqs:GetQueueAttributes': ['DeadLetterQueue'],
    });
  });

  test('each function has its own role, which only Lambda assumes, without managed policies', () => {
    template.resourceCountIs('AWS::IAM::Role', 4);
    template.resourceCountIs('AWS::IAM::Policy', 4);
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(Object.keys(Properties)).toEqual(['AssumeRolePolicyDocument']);
      expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
        { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
    }
  });
});

describe('each request of the code to AWS', () => {
  /** The action behind each request; a transaction is the writes in it. */
  const ACTIONS: Record<string, string> = {
    Get: 'dynamodb:GetItem',
    Put: 'dynamodb:PutItem',
    Update: 'dynamodb:UpdateItem',
    Query: 'dynamodb:Query',
    ConditionCheck: 'dynamodb:ConditionCheckItem',
    SendMessage: 'sqs:SendMessage',
    ChangeMessageVisibility: 'sqs:ChangeMessageVisibility',
    GetObject: 's3:GetObject',
    HeadObject: 's3:GetObject',
    PutObject: 's3:PutObject',
    GetSecretValue: 'secretsmanager:GetSecretValue',
  };
  const code = readdirSync('lambda', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join('lambda', name), 'utf8'))
    .join('\n');
  const requests = [...code.matchAll(/new (\w+)Command\(|paginate(\w+)\(|\b(Put|Update|ConditionCheck|Delete): /g)]
    .map(([, command, pages, write]) => command ?? pages ?? write ?? '')
    .filter((name) => name !== 'TransactWrite');

  test.each([...new Set(requests)])('%s is granted, which no emulator checks', (name) => {
    const granted = { ...readGrants(template, 'Api'), ...readGrants(template, 'Worker') };
    expect(Object.keys(granted)).toContain(ACTIONS[name] ?? `an action for ${name}, which is missing in ACTIONS`);
  });

  test('is found in the code: requests to the table, the queue, the bucket and the secret', () => {
    const services = new Set(requests.map((name) => ACTIONS[name]?.split(':')[0]));
    expect([...services].sort()).toEqual(['dynamodb', 's3', 'secretsmanager', 'sqs']);
  });
});

describe('who may call the functions', () => {
  test('the gateway may call the API function, for one path; nothing may call the others', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties,
    );
    expect(permissions).toHaveLength(1);
    expect(permissions[0]).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      FunctionName: { 'Fn::GetAtt': [expect.stringMatching(/^McpApi[0-9A-F]{8}$/), 'Arn'] },
    });
    expect(JSON.stringify(permissions[0].SourceArn)).toMatch(/\/\*\/\*\/mcp"/);
  });

  test('there is no function URL and no asynchronous invocation', () => {
    template.resourceCountIs('AWS::Lambda::Url', 0);
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 0);
  });
});
