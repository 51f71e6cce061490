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

describe('the environment of the API function', () => {
  test('has every option', () => {
    const full = createAuthStack(() =>
      createJwtAuth({
        audience: ['api://a', 'api://b'],
        scopes: ['mcp', 'more'],
        jwksUri: 'https://issuer.example/keys',
        clockSkew: Duration.minutes(1),
        algorithms: ['ES256'],
        resource: 'https://cdn.example/mcp',
      }),
    );
    expect(full.environment()).toEqual({
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

  test('has nothing for an option that is not given', () => {
    expect(createAuthStack(() => createJwtAuth()).environment()).toEqual({ AUTH: 'jwt', AUTH_ISSUER: issuer });
    expect(createAuthStack(() => McpAuth.iam()).environment()).toEqual({ AUTH: 'iam' });
    expect(createAuthStack(() => McpAuth.none()).environment()).toEqual({ AUTH: 'none' });
  });

  test('has the user pool and its clients, which are known only when they are deployed', () => {
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

  test('makes the streaming endpoint the same resource as the main one', () => {
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

  test('is not that of the worker and the dead-letter function, which serve no clients', () => {
    const functions = Object.values(
      createAuthStack(() => createJwtAuth())
        .template()
        .findResources('AWS::Lambda::Function'),
    );
    const authFunctions = functions.filter(({ Properties }) => 'AUTH' in (Properties.Environment?.Variables ?? {}));
    expect(authFunctions).toHaveLength(1);
  });
});

describe('synthesis', () => {
  test.each(configurations)(
    'with %s passes AWS Solutions, and warns only if callers are not identified',
    (kind, auth) => {
      const { stack } = createAuthStack(auth, { streaming: true });
      const own = stack.node.findChild('Mcp');
      const { violations } = new AwsSolutionsChecks().validateScope(stack);
      const paths = violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      );
      // The user pool is not the construct's.
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
    ['no auth at all', () => createAuthStack(() => undefined as never), /Say who may call: "auth" must be/],
    [
      'an issuer without TLS',
      () => createJwtAuth({ issuer: 'http://issuer.example' }),
      /issuer is .*: it must be an https URL/,
    ],
    ['an issuer that is not a URL', () => createJwtAuth({ issuer: 'issuer' }), /issuer is "issuer"/],
    ['keys behind a query', () => createJwtAuth({ jwksUri: 'https://issuer.example/keys?a=b' }), /jwksUri is/],
    ['two scopes in one', () => createJwtAuth({ scopes: ['a b'] }), /"a b" is not a scope/],
    ['an empty audience', () => createJwtAuth({ audience: '' }), /"" is not an audience/],
    [
      'a shared secret',
      () => createJwtAuth({ algorithms: ['HS256' as never] }),
      /HS256 is not an algorithm that proves who signed/,
    ],
    ['no signature', () => createJwtAuth({ algorithms: ['none' as never] }), /none is not an algorithm/],
    ['a skew of an hour', () => createJwtAuth({ clockSkew: Duration.hours(1) }), /clockSkew is 3600 s/],
    [
      'a user pool without clients',
      () => createAuthStack((stack) => McpAuth.cognito({ userPool: new UserPool(stack, 'Pool'), clients: [] })),
      /name the app clients/,
    ],
    [
      'browsers that would have to sign',
      () => createAuthStack(() => McpAuth.iam(), { allowedOrigins: ['https://app.example'] }),
      /allowedOrigins have no effect with McpAuth\.iam/,
    ],
    [
      'a variable of the tools that would change who may call',
      () => createAuthStack(() => createJwtAuth(), { environment: { AUTH_ISSUER: 'https://other.example' } }),
      /AUTH_ISSUER is set by the construct/,
    ],
    [
      'a tool that demands scopes if callers have none',
      () => synthesizeTemplate({ entry: 'test/lambda/auth/fixtures/scoped-tool.ts', auth: McpAuth.iam() }),
      /The tool erase demands scopes, but with McpAuth\.iam\(\) callers have none/,
    ],
  ];
  test.each(refused)('refuses %s', (_, synthesis, message) => {
    expect(synthesis).toThrow(message);
  });
});

describe('with IAM', () => {
  test('a grantee may call the endpoint, and nothing else', () => {
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

  test('there is nothing to grant if callers do not sign', () => {
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
  ])('is synthesized for %s without credentials', (_, context, written) => {
    const { status, stderr, template } = app(...context);
    expect(status, stderr).toBe(0);
    expect(template).toContain(written);
  });

  test('reports what is missing', () => {
    expect(app('auth=jwt')).toMatchObject({ status: 1, stderr: expect.stringContaining('needs -c issuer=') });
  });
});
