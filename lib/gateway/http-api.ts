import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Names, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../props/settings.ts';
import { buildPublicPaths, createAuthorizer, explainNoAuthorizer, PUBLIC_ROUTE_REASON } from './routes.ts';

/** Where MCP is served. */
export const MCP_PATH = '/mcp';

/** Who called what and what became of it: never headers, query strings or bodies, which may hold credentials. */
export const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
});

/**
 * The HTTP API. All methods of the path go to the function, which answers each as MCP says: also GET and DELETE,
 * whose answer depends on the revision, and OPTIONS, whose answer depends on the allowed origins.
 */
export function createHttpApi(
  scope: Construct,
  api: LambdaFunction,
  { auth, domainName, encryptionKey, requestsPerSecond, requestBurst, logRetention, removalPolicy }: Settings,
): { readonly httpApi: HttpApi; readonly stage: HttpStage; readonly routes: readonly HttpRoute[] } {
  const httpApi = new HttpApi(scope, 'HttpApi', {
    apiName: Names.uniqueResourceName(scope, { separator: '-' }),
    createDefaultStage: false,
    // One URL: tokens and signatures are made for it.
    ...(domainName && { disableExecuteApiEndpoint: true }),
  });
  const integration = new HttpLambdaIntegration('Integration', api, {
    payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
  });
  const authorizer = createAuthorizer(auth);
  const route = (path: string) => ({ path, methods: [HttpMethod.ANY], integration });
  const routes = httpApi.addRoutes({ ...route(MCP_PATH), ...(authorizer && { authorizer }) });
  if (!authorizer) for (const each of routes) acknowledgeNoAuthorizer(each, explainNoAuthorizer(auth));
  for (const path of buildPublicPaths(auth, MCP_PATH))
    for (const each of httpApi.addRoutes(route(path))) acknowledgeNoAuthorizer(each, PUBLIC_ROUTE_REASON);

  const logGroup = new LogGroup(scope, 'AccessLogs', {
    retention: logRetention,
    removalPolicy,
    ...(encryptionKey && { encryptionKey }),
  });
  const stage = new HttpStage(scope, 'Stage', {
    httpApi,
    // No stage in the path: clients dial the same URL behind a domain name of their own.
    stageName: '$default',
    autoDeploy: true,
    ...(domainName && { domainMapping: { domainName } }),
    throttle: { rateLimit: requestsPerSecond, burstLimit: requestBurst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(ACCESS_LOG),
    },
  });
  return { httpApi, stage, routes };
}

const acknowledgeNoAuthorizer = (route: HttpRoute, reason: string) =>
  Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
