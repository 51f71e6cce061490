/** The gateway of the streaming endpoint: a REST API, because only those stream what a Lambda function writes. */
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
import { Names, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { STREAM_STAGE } from '../../lambda/http/rest-event.ts';
import { STREAM_TIMEOUT } from '../functions/specs.ts';
import type { Settings } from '../props/settings.ts';
import { ACCESS_LOG } from './access-log.ts';
import { explainNoAuthorizer, MCP_PATH } from './routes.ts';

/** The REST API in front of the streaming function. All methods of the path go to the function. */
export function createRestApi(
  scope: Construct,
  streaming: LambdaFunction,
  { auth, requestsPerSecond, requestBurst, logRetention, removalPolicy }: Settings,
): { readonly restApi: RestApi; readonly method: Method } {
  const logGroup = new LogGroup(scope, 'StreamingAccessLogs', { retention: logRetention, removalPolicy });
  const restApi = new RestApi(scope, 'StreamingApi', {
    restApiName: `${Names.uniqueResourceName(scope, { separator: '-', maxLength: 100 })}-streaming`,
    // An edge-optimized one gives up on a stream that is silent for 30 s; a regional one after five minutes.
    endpointTypes: [EndpointType.REGIONAL],
    // It would create an account-wide role for execution logs, which are not written.
    cloudWatchRole: false,
    deployOptions: {
      stageName: STREAM_STAGE,
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: requestBurst,
      accessLogDestination: new LogGroupLogDestination(logGroup),
      accessLogFormat: AccessLogFormat.custom(ACCESS_LOG),
    },
  });
  const integration = new LambdaIntegration(streaming, {
    responseTransferMode: ResponseTransferMode.STREAM,
    timeout: STREAM_TIMEOUT,
    allowTestInvoke: false,
  });
  const signed = auth.kind === 'iam';
  const method = restApi.root.addResource(MCP_PATH.slice(1)).addMethod('ANY', integration, {
    authorizationType: signed ? AuthorizationType.IAM : AuthorizationType.NONE,
  });
  acknowledgeRules(restApi, method);
  if (!signed) acknowledgeRule(method, 'AwsSolutions-APIG4', explainNoAuthorizer(auth));
  return { restApi, method };
}

function acknowledgeRules(restApi: RestApi, method: Method): void {
  const { deploymentStage: stage } = restApi;
  acknowledgeRule(
    restApi,
    'AwsSolutions-APIG2',
    'The function checks each body itself: a gateway model cannot express the schema of JSON-RPC.',
  );
  acknowledgeRule(
    stage,
    'AwsSolutions-APIG3',
    'The account chooses its web ACL, as for the HTTP API, which cannot have one; the stage throttles.',
  );
  acknowledgeRule(
    stage,
    'AwsSolutions-APIG6',
    "Execution logs would hold headers and bodies, and so credentials; access logs and the function's own are written.",
  );
  acknowledgeRule(
    method,
    'AwsSolutions-COG4',
    'The function identifies callers by tokens of any issuer, or the gateway by their signature.',
  );
}

function acknowledgeRule(scope: Construct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}
