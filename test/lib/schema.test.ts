import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Stack } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { McpAuth } from '../../lib/auth/mcp-auth.ts';
import type { CfnTemplate as Synthesized } from '../../lib/local/wiring.ts';
import { synthesizeFixture } from '../support/template.ts';
import { findTemplateProblems } from './cloudformation-schema.ts';
import { addServer, addServerOnOwnResources, createStack } from './existing-resources.ts';

const createCognitoStack = () => {
  const stack = createStack();
  const userPool = new UserPool(stack, 'Users');
  addServer(stack, { auth: McpAuth.cognito({ userPool, clients: [userPool.addClient('Client')] }) });
  return stack;
};
const createOwnResourcesStack = () => {
  const stack = createStack();
  addServerOnOwnResources(stack);
  return stack;
};
const toTemplateJson = (template: Template | Stack) =>
  (template instanceof Stack ? Template.fromStack(template) : template).toJSON() as Synthesized;

describe("CloudFormation's schema holds for", () => {
  test.each<[string, () => Template | Stack]>([
    ['none', () => synthesizeFixture()],
    ['iam', () => synthesizeFixture({ auth: McpAuth.iam() })],
    ['jwt', () => synthesizeFixture({ auth: McpAuth.jwt({ issuer: 'https://login.example.com', scopes: ['mcp'] }) })],
    ['cognito', createCognitoStack],
    ['streaming', () => synthesizeFixture({ streaming: true })],
    ['bring-your-own resources', createOwnResourcesStack],
  ])('%s', (_, template) => {
    expect(findTemplateProblems(toTemplateJson(template()))).toEqual([]);
  });
});

describe('the check itself', () => {
  const broken = (id: string, properties: Record<string, unknown>): Synthesized => {
    const template = toTemplateJson(synthesizeFixture());
    const [key, resource] = Object.entries(template.Resources ?? {}).find(([name]) => name.slice(0, -8) === id) ?? [];
    if (!key || !resource) throw new Error(`There is no ${id}.`);
    const changed = { ...resource, Properties: { ...resource.Properties, ...properties } };
    // JSON drops what is undefined.
    return JSON.parse(JSON.stringify({ ...template, Resources: { ...template.Resources, [key]: changed } }));
  };

  test.each<[string, string, Record<string, unknown>, RegExp]>([
    ['an unknown property', 'McpTable', { Colour: 'red' }, /there is no property Colour/],
    ['a value of another type', 'McpApi', { Timeout: 'soon' }, /Timeout: "soon" must be an integer/],
    ['a value that is not allowed', 'McpWorker', { RecursiveLoop: 'Maybe' }, /"Maybe" must be one of Allow/],
    ['a missing property that is required', 'McpApi', { Role: undefined }, /Role is required/],
    [
      'an unknown property inside another',
      'McpWorkerEvents',
      { ScalingConfig: { Most: 2 } },
      /ScalingConfig: there is no property Most/,
    ],
    ['a list that is an object', 'McpTable', { KeySchema: { AttributeName: 'id' } }, /KeySchema: .* must be a list/],
    ['a reference to nothing', 'McpApi', { Role: { Ref: 'Missing' } }, /there is no Missing/],
    [
      'an attribute that the resource does not have',
      'McpApi',
      { Role: { 'Fn::GetAtt': ['McpTableF1E79E5B', 'Size'] } },
      /there is no McpTableF1E79E5B\.Size/,
    ],
  ])('finds %s', (_, id, properties, problem) => {
    expect(findTemplateProblems(broken(id, properties))).toEqual([expect.stringMatching(problem)]);
  });

  test('finds a type that CloudFormation does not know', () => {
    expect(findTemplateProblems({ Resources: { One: { Type: 'AWS::Lambda::Functions' } } })).toEqual([
      'One: there is no resource type AWS::Lambda::Functions',
    ]);
  });
});
