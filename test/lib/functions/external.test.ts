import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { findFunction, matchReference, readGrants, synthesizeFixture } from '../../support/template.ts';
import { addServer, createStack } from '../existing-resources.ts';

const template = synthesizeFixture();

describe('the function that outside systems invoke', () => {
  test('writes into existing rows and wakes their tasks: it creates no row, lists none and reads no secret', () => {
    expect(readGrants(template, 'External')).toEqual({
      'logs:CreateLogStream': ['ExternalLogs'],
      'logs:PutLogEvents': ['ExternalLogs'],
      'dynamodb:GetItem': ['Table'],
      'dynamodb:UpdateItem': ['Table'],
      'sqs:SendMessage': ['Queue'],
      's3:GetObject': ['Payloads/*'],
      's3:PutObject': ['Payloads/*'],
    });
  });

  test('knows the table, the queue, the bucket and the name of its metrics, and nothing else', () => {
    expect(Object.keys(findFunction(template, 'External').Environment.Variables).sort()).toEqual([
      'METRICS_SERVER',
      'PAYLOAD_BUCKET',
      'QUEUE_URL',
      'TABLE_NAME',
    ]);
  });

  test('cannot be invoked without a grant: no URL, no event source, no resource policy', () => {
    const id = findFunction(template, 'External').id;
    template.resourceCountIs('AWS::Lambda::Url', 0);
    for (const type of ['AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Permission'])
      for (const { Properties } of Object.values(template.findResources(type)))
        expect(JSON.stringify(Properties.FunctionName)).not.toContain(id);
  });

  test('is named by the output ExternalFunctionName', () => {
    template.hasOutput('ExternalFunctionName', { Value: matchReference('External') });
  });

  test('can be invoked by the grantee, which may do nothing else', () => {
    const stack = createStack();
    const server = addServer(stack, {});
    server.grantExternal(new Role(stack, 'Batch', { assumedBy: new ServicePrincipal('batch.amazonaws.com') }));
    const granted = Template.fromStack(stack);
    const external = stack.getLogicalId(server.externalFunction.node.defaultChild as never);
    granted.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Batch') }],
      PolicyDocument: {
        Statement: [
          {
            Action: 'lambda:InvokeFunction',
            Effect: 'Allow',
            Resource: [
              { 'Fn::Join': ['', [{ 'Fn::GetAtt': [external, 'Arn'] }, ':$LATEST']] },
              { 'Fn::GetAtt': [external, 'Arn'] },
            ],
          },
        ],
      },
    });
  });
});
