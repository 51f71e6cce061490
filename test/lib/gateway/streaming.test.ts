import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { McpAuth } from '../../../lib/auth/mcp-auth.ts';
import { bundle } from '../../../lib/bundle/bundling.ts';
import { buildStreamingApiEntry } from '../../../lib/bundle/entries.ts';
import { LOCAL_AWS_ENVIRONMENT } from '../../../lib/local/aws.ts';
import { McpTasksStack } from '../../../lib/mcp-tasks-stack.ts';
import { FIXTURE_SERVER, matchAttribute, readGrants, synthesizeFixture } from '../../support/template.ts';

const template = synthesizeFixture({ streaming: true });

describe('the bundle of the streaming function', () => {
  const root = mkdtempSync(join(tmpdir(), 'streaming-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('responds through the runtime’s own stream, and loads no tools for a subscription', () => {
    bundle(buildStreamingApiEntry(FIXTURE_SERVER, { name: 'words', version: '2.0.0' }), root);
    const request = {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: {
        notifications: {},
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    };
    const headers = {
      'content-type': ['application/json'],
      'mcp-protocol-version': ['2026-07-28'],
      'mcp-method': ['subscriptions/listen'],
    };
    const event = {
      resource: '/mcp',
      path: '/mcp',
      httpMethod: 'POST',
      multiValueHeaders: headers,
      isBase64Encoded: false,
      body: JSON.stringify(request),
      requestContext: { path: '/stream/mcp', domainName: 'example.com', identity: {} },
    };
    // Lambda's runtime is replaced by that of the local stack.
    writeFileSync(
      join(root, 'run.mjs'),
      `import { installResponseStreaming } from ${JSON.stringify(resolve('lib/local/response-stream.ts'))};
       installResponseStreaming();
       const { handler } = await import('./index.mjs');
       await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 60_000 }, (kind, text) => console.log(kind, text));`,
    );
    const environment = {
      ...LOCAL_AWS_ENVIRONMENT,
      PATH: process.env.PATH,
      TABLE_NAME: 't',
      QUEUE_URL: 'http://127.0.0.1:1/q',
      AUTH: 'none',
      PAYLOAD_FOLDER: join(root, 'payloads'),
      SEALING_SECRET: 'a secret',
    };
    const run = spawnSync(process.execPath, [join(root, 'run.mjs')], { env: environment, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/^head .*"statusCode":200.*text\/event-stream/m);
    expect(run.stdout).toMatch(/^piece event: message\ndata: .*subscriptions\/acknowledged/m);
  });
});

describe('the streaming endpoint', () => {
  test('exists only if it is asked for', () => {
    const without = synthesizeFixture();
    without.resourceCountIs('AWS::ApiGateway::RestApi', 0);
    expect(Object.keys(without.findOutputs('*'))).not.toContain('McpStreamingEndpoint');
  });

  test('streams what its function writes, for as long as a REST API can', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
    template.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'stream' });
    template.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart: 'mcp' });
    const [method] = Object.values(template.findResources('AWS::ApiGateway::Method'));
    expect(method?.Properties).toMatchObject({
      HttpMethod: 'ANY',
      AuthorizationType: 'NONE',
      Integration: { Type: 'AWS_PROXY', ResponseTransferMode: 'STREAM', TimeoutInMillis: 900_000 },
    });
    expect(JSON.stringify(method?.Properties.Integration.Uri)).toMatch(
      /2021-11-15\/functions\/.*McpStreaming.*\/response-streaming-invocations/,
    );
  });

  test('its function equals the API function except for its time-out and its entry', () => {
    const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
    const propertiesOf = (role: string) =>
      functions.find(([id]) => new RegExp(`^Mcp${role}[0-9A-F]{8}$`).test(id))?.[1].Properties;
    expect(propertiesOf('Streaming').Environment).toEqual(propertiesOf('Api').Environment);
    expect(propertiesOf('Streaming').MemorySize).toBe(propertiesOf('Api').MemorySize);
    expect([propertiesOf('Streaming').Timeout, propertiesOf('Api').Timeout]).toEqual([900, 28]);
    const grantsOf = (role: string) => {
      const { 'logs:CreateLogStream': _, 'logs:PutLogEvents': __, ...grants } = readGrants(template, role);
      return grants;
    };
    expect(grantsOf('Streaming')).toEqual(grantsOf('Api'));
  });

  test('its URL is an output, and ends in /stream/mcp', () => {
    const [output] = Object.values(template.findOutputs('McpStreamingEndpoint'));
    const parts = output?.Value['Fn::Join'][1];
    expect(parts.at(-1)).toBe('/mcp');
    expect(parts.at(-2)).toEqual({ Ref: expect.stringMatching(/^McpStreamingApiDeploymentStagestream/) });
  });

  test('demands a signature if the main endpoint does', () => {
    const signed = synthesizeFixture({ streaming: true, auth: McpAuth.iam() });
    signed.hasResourceProperties('AWS::ApiGateway::Method', { HttpMethod: 'ANY', AuthorizationType: 'AWS_IAM' });
  });

  test('logs each request without its contents, and throttles like the main endpoint', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      AccessLogSetting: { DestinationArn: matchAttribute('StreamingAccessLogs') },
      MethodSettings: [{ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400, DataTraceEnabled: false }],
    });
  });

  test('passes every rule of AWS Solutions except those that are acknowledged in place', () => {
    const app = new App({ context: { [BUNDLING_STACKS]: [] } });
    const stack = new McpTasksStack(app, 'McpTasks', {
      server: { entry: FIXTURE_SERVER, auth: McpAuth.none(), streaming: true },
    });
    const { violations } = new AwsSolutionsChecks().validateScope(stack);
    expect(
      violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      ),
    ).toEqual([]);
  });
});
