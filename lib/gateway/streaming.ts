/** The optional streaming endpoint: a REST API, because only those stream what a Lambda function writes. */
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  ResponseTransferMode,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration, Names, Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { STREAM_STAGE } from '../../lambda/http/rest-event.ts';
import { createBundledCode } from '../bundle/bundling.ts';
import { buildStreamingApiEntry } from '../bundle/entries.ts';
import type { LoadedServer } from '../bundle/load-server.ts';
import { buildApiEnvironment } from '../functions/functions.ts';
import { createNodeFunction } from '../functions/node-function.ts';
import { grantApiAccess, type ServerResources } from '../functions/permissions.ts';
import type { Settings } from '../props/settings.ts';
import { ACCESS_LOG, MCP_PATH } from './http-api.ts';
import { explainNoAuthorizer } from './routes.ts';

/** As long as a REST API streams, and as a function runs. */
const STREAM_TIMEOUT = Duration.minutes(15);

export interface StreamingEndpoint {
  readonly fn: LambdaFunction;
  readonly restApi: RestApi;
  readonly method: Method;
  /** The URL that clients dial. */
  readonly endpoint: string;
}

/**
 * The same answers as from the HTTP API, by the same code; only `subscriptions/listen` stays open.
 *
 * @param endpoint the URL of the HTTP API
 */
export function createStreamingEndpoint(
  scope: Construct,
  settings: Settings,
  server: LoadedServer,
  resources: ServerResources,
  endpoint: string,
): StreamingEndpoint {
  const { fn, role } = createNodeFunction(
    scope,
    'Streaming',
    {
      description: `${server.info.name}: answers MCP requests, and streams what becomes of tasks`,
      code: createBundledCode(scope, buildStreamingApiEntry(settings.entry, server.info), settings),
      environment: {
        ...buildApiEnvironment(settings, resources, Stack.of(scope).bundlingRequired),
        ...buildResourceEnvironment(settings, endpoint),
      },
      memory: settings.apiMemory,
      timeout: STREAM_TIMEOUT,
      quiet: true,
    },
    settings,
  );
  grantApiAccess(role, resources);
  return { fn, ...createRestApi(scope, fn, settings) };
}

/**
 * To OAuth both endpoints are one resource, the one where clients find the issuer: a REST API takes away the header
 * that would lead them there, and serves nothing at the root of its host. So a token for the one is good at the other.
 */
const buildResourceEnvironment = ({ auth }: Settings, endpoint: string): Record<string, string> =>
  auth.takesTokens ? { AUTH_RESOURCE: auth.environment.AUTH_RESOURCE ?? endpoint } : {};

function createRestApi(scope: Construct, fn: LambdaFunction, settings: Settings): Omit<StreamingEndpoint, 'fn'> {
  const { auth, requestsPerSecond, requestBurst, logRetention, removalPolicy } = settings;
  const logGroup = new LogGroup(scope, 'StreamingAccessLogs', { retention: logRetention, removalPolicy });
  const restApi = new RestApi(scope, 'StreamingApi', {
    restApiName: `${Names.uniqueResourceName(scope, { separator: '-', maxLength: 100 })}-streaming`,
    // An edge-optimized one gives up on a stream that is silent for 30 s; a regional one after five minutes.
    endpointTypes: [EndpointType.REGIONAL],
    // Rights that belong to the account, for logs that are not written.
    cloudWatchRole: false,
    deployOptions: {
      stageName: STREAM_STAGE,
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: requestBurst,
      accessLogDestination: new LogGroupLogDestination(logGroup),
      accessLogFormat: AccessLogFormat.custom(ACCESS_LOG),
    },
  });
  const integration = new LambdaIntegration(fn, {
    responseTransferMode: ResponseTransferMode.STREAM,
    timeout: STREAM_TIMEOUT,
    allowTestInvoke: false,
  });
  const signed = auth.kind === 'iam';
  const method = restApi.root.addResource(MCP_PATH.slice(1)).addMethod('ANY', integration, {
    authorizationType: signed ? AuthorizationType.IAM : AuthorizationType.NONE,
  });
  acknowledgeStreamingRules(restApi, method, signed ? undefined : explainNoAuthorizer(auth));
  return { restApi, method, endpoint: restApi.urlForPath(MCP_PATH) };
}

function acknowledgeStreamingRules(restApi: RestApi, method: Method, open: string | undefined): void {
  const because = (scope: Construct, id: string, reason: string) => Validations.of(scope).acknowledge({ id, reason });
  because(
    restApi,
    'AwsSolutions-APIG2',
    'The function checks each body itself: JSON-RPC has no schema that a model could hold.',
  );
  because(
    restApi.deploymentStage,
    'AwsSolutions-APIG3',
    'A web ACL is the account’s to choose, as for the HTTP API, which cannot have one; the stage throttles.',
  );
  because(
    restApi.deploymentStage,
    'AwsSolutions-APIG6',
    'Execution logs would hold headers and bodies, and so credentials; access logs and the function’s own are written.',
  );
  if (open !== undefined) because(method, 'AwsSolutions-APIG4', open);
  because(
    method,
    'AwsSolutions-COG4',
    'Callers are known by the function, by tokens of any issuer, or by the gateway, by their signature.',
  );
}
