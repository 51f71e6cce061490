/** The gateway of the main endpoint: an HTTP API. */
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
import { ACCESS_LOG } from './access-log.ts';
import { buildPublicPaths, createAuthorizer, explainNoAuthorizer, MCP_PATH, PUBLIC_ROUTE_REASON } from './routes.ts';

/**
 * The HTTP API in front of the API function. All methods of the path go to the function, which replies to each as MCP
 * specifies: also to GET and DELETE, which depends on the revision, and to OPTIONS, which depends on the allowed origins.
 */
export function createHttpApi(
  scope: Construct,
  api: LambdaFunction,
  { auth, domainName, encryptionKey, requestsPerSecond, requestBurst, logRetention, removalPolicy }: Settings,
): { readonly httpApi: HttpApi; readonly stage: HttpStage; readonly routes: readonly HttpRoute[] } {
  const httpApi = new HttpApi(scope, 'HttpApi', {
    apiName: Names.uniqueResourceName(scope, { separator: '-' }),
    createDefaultStage: false,
    // Only one URL: tokens and signatures are valid for it.
    ...(domainName && { disableExecuteApiEndpoint: true }),
  });
  const integration = new HttpLambdaIntegration('Integration', api, {
    payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
  });
  const authorizer = createAuthorizer(auth);
  const route = (path: string) => ({ path, methods: [HttpMethod.ANY], integration });
  const routes = httpApi.addRoutes({ ...route(MCP_PATH), ...(authorizer && { authorizer }) });
  if (!authorizer) for (const each of routes) acknowledgeNoAuthorizer(each, explainNoAuthorizer(auth));
  for (const path of buildPublicPaths(auth))
    for (const each of httpApi.addRoutes(route(path))) acknowledgeNoAuthorizer(each, PUBLIC_ROUTE_REASON);

  const logGroup = new LogGroup(scope, 'AccessLogs', {
    retention: logRetention,
    removalPolicy,
    ...(encryptionKey && { encryptionKey }),
  });
  const stage = new HttpStage(scope, 'Stage', {
    httpApi,
    // No stage in the path: behind a custom domain name the path is the same.
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

function acknowledgeNoAuthorizer(route: HttpRoute, reason: string): void {
  Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
}
