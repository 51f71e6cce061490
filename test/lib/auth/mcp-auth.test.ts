import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { type JwtAuthOptions, McpAuth, McpTasksServer } from '../../../lib/index.ts';
import { synthesizeTemplate } from '../../../lib/local/synthesize.ts';
import { FIXTURE_SERVER } from '../../support/template.ts';

interface AuthStack {
  readonly stack: Stack;
  readonly server: McpTasksServer;
  readonly template: () => Template;
  readonly environment: () => Record<string, unknown>;
}

function createAuthStack(auth: (stack: Stack) => McpAuth, more: object = {}): AuthStack {
  const stack = new Stack(new App({ context: { [BUNDLING_STACKS]: [] } }), 'Stack');
  const server = new McpTasksServer(stack, 'Mcp', { entry: FIXTURE_SERVER, auth: auth(stack), ...more });
  const template = () => Template.fromStack(stack);
  const environment = () => {
    const functions = template().findResources('AWS::Lambda::Function');
    const api = Object.entries(functions).find(([id]) => /^McpApi[0-9A-F]{8}$/.test(id));
    return Object.fromEntries(
      Object.entries(api?.[1].Properties.Environment.Variables as object).filter(([name]) => name.startsWith('AUTH')),
    );
  };
  return { stack, server, template, environment };
}

const issuer = 'https://issuer.example';
const createJwtAuth = (options: Partial<JwtAuthOptions> = {}) => McpAuth.jwt({ issuer, ...options });

function createCognitoAuth(stack: Stack): McpAuth {
  const userPool = new UserPool(stack, 'Pool');
  return McpAuth.cognito({ userPool, clients: [userPool.addClient('App')], scopes: ['tasks/call'] });
}

const configurations: [string, (stack: Stack) => McpAuth][] = [
  ['jwt', () => createJwtAuth({ scopes: ['mcp'] })],
  ['cognito', createCognitoAuth],
  ['iam', () => McpAuth.iam()],
  ['none', () => McpAuth.none()],
];

describe('the gateway', () => {
  const routesOf = ({ template }: AuthStack) =>
    Object.values(template().findResources('AWS::ApiGatewayV2::Route'))
      .map(({ Properties: { RouteKey, AuthorizationType } }) => [RouteKey, AuthorizationType])
      .sort();
  const discovery = [
    ['ANY /.well-known/oauth-protected-resource', 'NONE'],
    ['ANY /.well-known/oauth-protected-resource/mcp', 'NONE'],
    ['ANY /mcp', 'NONE'],
  ];

  test.each([
    ['jwt', discovery],
    ['cognito', discovery],
    ['iam', [['ANY /mcp', 'AWS_IAM']]],
    ['none', [['ANY /mcp', 'NONE']]],
  ])('with %s has these routes, and checks what only it can check', (kind, routes) => {
    const auth = configurations.find(([name]) => name === kind)?.[1] ?? McpAuth.none;
    expect(routesOf(createAuthStack(auth)).map(([key, type]) => [key, type ?? 'NONE'])).toEqual(routes);
  });
});

describe('the function is told', () => {
  test('everything that was said', () => {
    const told = createAuthStack(() =>
      createJwtAuth({
        audience: ['api://a', 'api://b'],
        scopes: ['mcp', 'more'],
        jwksUri: 'https://issuer.example/keys',
        clockSkew: Duration.minutes(1),
        algorithms: ['ES256'],
        resource: 'https://cdn.example/mcp',
      }),
    );
    expect(told.environment()).toEqual({
      AUTH: 'jwt',
      AUTH_ISSUER: issuer,
      AUTH_JWKS_URI: 'https://issuer.example/keys',
      AUTH_AUDIENCES: 'api://a api://b',
      AUTH_SCOPES: 'mcp more',
      AUTH_CLOCK_SKEW_SECONDS: '60',
      AUTH_ALGORITHMS: 'ES256',
      AUTH_RESOURCE: 'https://cdn.example/mcp',
    });
  });

  test('nothing that was not', () => {
    expect(createAuthStack(() => createJwtAuth()).environment()).toEqual({ AUTH: 'jwt', AUTH_ISSUER: issuer });
    expect(createAuthStack(() => McpAuth.iam()).environment()).toEqual({ AUTH: 'iam' });
    expect(createAuthStack(() => McpAuth.none()).environment()).toEqual({ AUTH: 'none' });
  });

  test('the user pool and its clients, which are known only when they are deployed', () => {
    const { AUTH, AUTH_ALGORITHMS, AUTH_CLIENTS, AUTH_ISSUER, AUTH_JWKS_URI, AUTH_SCOPES } =
      createAuthStack(createCognitoAuth).environment();
    expect({ AUTH, AUTH_ALGORITHMS, AUTH_SCOPES }).toEqual({
      AUTH: 'cognito',
      AUTH_ALGORITHMS: 'RS256',
      AUTH_SCOPES: 'tasks/call',
    });
    const provider = { 'Fn::GetAtt': [expect.stringMatching(/^Pool/), 'ProviderName'] };
    expect(AUTH_CLIENTS).toEqual({ Ref: expect.stringMatching(/^PoolApp/) });
    expect(AUTH_ISSUER).toEqual({ 'Fn::Join': ['', ['https://', provider]] });
    expect(AUTH_JWKS_URI).toEqual({ 'Fn::Join': ['', ['https://', provider, '/.well-known/jwks.json']] });
  });

  test('at the streaming endpoint, that it is the same resource as the main one', () => {
    const resourceOf = (auth: McpAuth) => {
      const functions = createAuthStack(() => auth, { streaming: true })
        .template()
        .findResources('AWS::Lambda::Function');
      const streaming = Object.entries(functions).find(([id]) => id.startsWith('McpStreaming'));
      return streaming?.[1].Properties.Environment.Variables.AUTH_RESOURCE;
    };
    expect(resourceOf(createJwtAuth())).toEqual({
      'Fn::Join': ['', expect.arrayContaining([{ Ref: expect.stringMatching(/^McpHttpApi/) }])],
    });
    expect(JSON.stringify(resourceOf(createJwtAuth()))).toMatch(/\/mcp"\]\]\}$/);
    expect(resourceOf(createJwtAuth({ resource: 'https://cdn.example/mcp' }))).toBe('https://cdn.example/mcp');
    expect(resourceOf(McpAuth.iam())).toBeUndefined();
  });

  test('and the worker and the dead-letter function are not: they serve nobody', () => {
    const functions = Object.values(
      createAuthStack(() => createJwtAuth())
        .template()
        .findResources('AWS::Lambda::Function'),
    );
    const knowing = functions.filter(({ Properties }) => 'AUTH' in (Properties.Environment?.Variables ?? {}));
    expect(knowing).toHaveLength(1);
  });
});

describe('synthesis', () => {
  test.each(configurations)(
    'with %s passes AWS Solutions, and warns only where nobody is asked who they are',
    (kind, auth) => {
      const { stack } = createAuthStack(auth, { streaming: true });
      const own = stack.node.findChild('Mcp');
      const { violations } = new AwsSolutionsChecks().validateScope(stack);
      const paths = violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      );
      // What a user pool lacks is for those to say whose pool it is.
      expect(paths.filter((path) => path.includes(own.node.path))).toEqual([]);
      const { messages } =
        stack.node.root instanceof App ? stack.node.root.synth().getStackByName('Stack') : { messages: [] };
      const warnings = messages.filter(({ level, id }) => level === 'warning' && id.includes('Mcp'));
      expect(warnings.map(({ entry }) => String(entry.data).slice(0, 29))).toEqual(
        kind === 'none' ? ['The MCP endpoint is anonymous'] : [],
      );
    },
  );

  const refused: [string, () => unknown, RegExp][] = [
    ['no auth at all', () => createAuthStack(() => undefined as never), /Say who may call: "auth" is/],
    [
      'an issuer without TLS',
      () => createJwtAuth({ issuer: 'http://issuer.example' }),
      /issuer is .*: write an https URL/,
    ],
    ['an issuer that is no URL', () => createJwtAuth({ issuer: 'issuer' }), /issuer is "issuer"/],
    ['keys behind a query', () => createJwtAuth({ jwksUri: 'https://issuer.example/keys?a=b' }), /jwksUri is/],
    ['two scopes in one', () => createJwtAuth({ scopes: ['a b'] }), /"a b" is no scope/],
    ['an empty audience', () => createJwtAuth({ audience: '' }), /"" is no audience/],
    [
      'a shared secret',
      () => createJwtAuth({ algorithms: ['HS256' as never] }),
      /HS256 is no algorithm that proves who signed/,
    ],
    ['no signature', () => createJwtAuth({ algorithms: ['none' as never] }), /none is no algorithm/],
    ['a skew of an hour', () => createJwtAuth({ clockSkew: Duration.hours(1) }), /clockSkew is 3600 s/],
    [
      'a user pool without clients',
      () => createAuthStack((stack) => McpAuth.cognito({ userPool: new UserPool(stack, 'Pool'), clients: [] })),
      /name the app clients/,
    ],
    [
      'browsers that would have to sign',
      () => createAuthStack(() => McpAuth.iam(), { allowedOrigins: ['https://app.example'] }),
      /allowedOrigins are of no use with McpAuth\.iam/,
    ],
    [
      'a variable of the tools that would change who may call',
      () => createAuthStack(() => createJwtAuth(), { environment: { AUTH_ISSUER: 'https://other.example' } }),
      /AUTH_ISSUER is set by the construct/,
    ],
    [
      'a tool that demands scopes where nobody has any',
      () => synthesizeTemplate({ entry: 'test/lambda/auth/fixtures/scoped-tool.ts', auth: McpAuth.iam() }),
      /The tool erase demands scopes, and with McpAuth\.iam\(\) no caller has any/,
    ],
  ];
  test.each(refused)('refuses %s', (_, synthesis, message) => {
    expect(synthesis).toThrow(message);
  });
});

describe('with IAM', () => {
  test('whoever is granted may call the endpoint, and nothing else', () => {
    const { stack, server, template } = createAuthStack(() => McpAuth.iam());
    const role = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    server.grantInvoke(role);
    template().hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Caller') }],
      PolicyDocument: {
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/\\*/\\*/mcp$')])] },
          },
        ],
      },
    });
  });

  test('where nobody signs there is nothing to grant', () => {
    for (const auth of [McpAuth.none(), createJwtAuth()]) {
      const { stack, server } = createAuthStack(() => auth);
      const role = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
      expect(() => server.grantInvoke(role)).toThrow(/grantInvoke permits nothing/);
    }
  });
});

describe('the example app', () => {
  const app = (...context: string[]) => {
    const home = mkdtempSync(join(tmpdir(), 'auth-app-'));
    try {
      const args = ['synth', '--quiet', '--output', join(home, 'out'), ...context.flatMap((each) => ['-c', each])];
      const { status, stderr } = spawnSync('node_modules/.bin/cdk', args, {
        env: { PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}`, HOME: home, CI: 'true' },
        encoding: 'utf8',
      });
      const template = status === 0 ? readFileSync(join(home, 'out', 'McpTasks.template.json'), 'utf8') : '';
      return { status, stderr, template };
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  };

  test.each([
    ['jwt', ['auth=jwt', `issuer=${issuer}`, 'scopes=mcp,more'], '"AUTH_SCOPES": "mcp more"'],
    ['cognito', ['auth=cognito', 'userPool=eu-central-1_Abc', 'clients=one,two'], '"AUTH_CLIENTS": "one two"'],
    ['iam', ['auth=iam'], '"AuthorizationType": "AWS_IAM"'],
    ['none', ['auth=none'], '"AUTH": "none"'],
  ])('is synthesized for %s without credentials', { timeout: 120_000 }, (_, context, written) => {
    const { status, stderr, template } = app(...context);
    expect(status, stderr).toBe(0);
    expect(template).toContain(written);
  });

  test('says what is missing', { timeout: 120_000 }, () => {
    expect(app('auth=jwt')).toMatchObject({ status: 1, stderr: expect.stringContaining('needs -c issuer=') });
  });
});
