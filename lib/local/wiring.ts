/** Reads from the synthesized template how everything is wired: the stack on one machine has no other source. */
import type { AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { VARIABLES } from '../../lambda/variables.ts';
import { CannotStart } from './errors.ts';
import { findReferencedId } from './intrinsics.ts';

/** A CloudFormation template: the parts of it that this project reads. */
export interface CfnTemplate {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: CfnProperties }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

// biome-ignore lint/suspicious/noExplicitAny: properties have many shapes, and are checked where they are used
type CfnProperties = Record<string, any>;
type ResourceEntry = { readonly id: string; readonly properties: CfnProperties };

export interface TableWiring {
  readonly id: string;
  readonly keySchema: KeySchemaElement[];
  readonly attributes: AttributeDefinition[];
  readonly indexes?: GlobalSecondaryIndex[];
  readonly ttlAttribute?: string;
}

export interface QueueWiring {
  readonly id: string;
  /** Named as in the SQS API, without the redrive policy. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface FunctionWiring {
  readonly id: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** As in the template, with unresolved references. */
  readonly environment: Readonly<Record<string, unknown>>;
}

/** A queue that feeds a function. */
export interface SourceWiring {
  readonly queue: QueueWiring;
  readonly function: FunctionWiring;
  readonly batchSize: number;
  readonly reportsItemFailures: boolean;
  /** Largest number of concurrent invocations; absent when there is no limit. */
  readonly maximumConcurrency?: number;
}

export interface StreamingWiring {
  readonly function: FunctionWiring;
  readonly stage: string;
  readonly resource: string;
}

export interface Wiring {
  readonly table: TableWiring;
  readonly maxReceiveCount: number;
  readonly work: SourceWiring;
  readonly deadLetters: SourceWiring;
  readonly api: FunctionWiring;
  /** API Gateway's route keys, such as `ANY /mcp`; all of them lead to the API function. */
  readonly routes: readonly string[];
  /** How long the gateway waits for the API function (ms). */
  readonly integrationTimeoutMs: number;
  /** The REST API that streams, if there is one: `/<stage><resource>` leads to the function. */
  readonly streaming?: StreamingWiring;
  /** The function that outside systems invoke, if an output names it. */
  readonly external?: FunctionWiring;
  /** Logical ids of resources that are replaced on this machine. */
  readonly buckets: readonly string[];
  readonly payloadBucket: string;
  readonly secrets: readonly string[];
}

/** @throws CannotStart when the template lacks something that the stack needs */
export function readWiring(template: CfnTemplate): Wiring {
  const queues = findResources(template, 'AWS::SQS::Queue');
  const main = queues.find(({ properties }) => properties.RedrivePolicy);
  if (!main) throw createMissingError('a queue with a redrive policy');
  const redrive = main.properties.RedrivePolicy;
  const deadLetters = queues.find(({ id }) => id === findReferencedId(redrive.deadLetterTargetArn));
  if (!deadLetters) throw createMissingError('the dead-letter queue that the redrive policy names');

  const integration = findResources(template, 'AWS::ApiGatewayV2::Integration')[0];
  if (!integration) throw createMissingError('an HTTP API integration');
  if (integration.properties.PayloadFormatVersion !== '2.0')
    throw createMissingError('an HTTP API integration with payload format 2.0');
  const wiring = {
    table: readTable(template),
    maxReceiveCount: Number(redrive.maxReceiveCount),
    work: readSource(template, main),
    deadLetters: readSource(template, deadLetters),
    api: readFunction(
      template,
      findReferencedId(integration.properties.IntegrationUri),
      'the function behind the HTTP API',
    ),
    routes: readRoutes(template),
    integrationTimeoutMs: integration.properties.TimeoutInMillis ?? 30_000,
    ...readStreaming(template),
    ...readExternal(template),
    buckets: findResources(template, 'AWS::S3::Bucket').map(({ id }) => id),
    secrets: findResources(template, 'AWS::SecretsManager::Secret').map(({ id }) => id),
  };
  const payloadBucket = findReferencedId(wiring.api.environment[VARIABLES.payloadBucket]);
  if (payloadBucket === undefined) throw createMissingError('a payload bucket');
  return { ...wiring, payloadBucket };
}

function readTable(template: CfnTemplate): TableWiring {
  const table =
    findResources(template, 'AWS::DynamoDB::Table')[0] ?? findResources(template, 'AWS::DynamoDB::GlobalTable')[0];
  if (!table) throw createMissingError('a DynamoDB table');
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, TimeToLiveSpecification: ttl } = table.properties;
  return {
    id: table.id,
    keySchema: KeySchema,
    attributes: AttributeDefinitions,
    indexes: GlobalSecondaryIndexes,
    ...(ttl?.Enabled ? { ttlAttribute: ttl.AttributeName } : {}),
  };
}

/** Properties of a queue that are attributes of the same name in the SQS API. */
const QUEUE_ATTRIBUTES = ['VisibilityTimeout', 'MessageRetentionPeriod', 'DelaySeconds', 'MaximumMessageSize'];

function readSource(template: CfnTemplate, queue: ResourceEntry): SourceWiring {
  const mapping = findResources(template, 'AWS::Lambda::EventSourceMapping').find(
    ({ properties }) => findReferencedId(properties.EventSourceArn) === queue.id,
  );
  if (!mapping) throw createMissingError(`an event source mapping for the queue ${queue.id}`);
  const { FunctionName, BatchSize, FunctionResponseTypes, ScalingConfig } = mapping.properties;
  const attributes = QUEUE_ATTRIBUTES.filter((name) => queue.properties[name] !== undefined);
  return {
    queue: {
      id: queue.id,
      attributes: Object.fromEntries(attributes.map((name) => [name, String(queue.properties[name])])),
    },
    function: readFunction(template, findReferencedId(FunctionName), `the function that the queue ${queue.id} feeds`),
    batchSize: BatchSize ?? 10,
    reportsItemFailures: FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    ...(ScalingConfig?.MaximumConcurrency ? { maximumConcurrency: ScalingConfig.MaximumConcurrency } : {}),
  };
}

function readFunction(template: CfnTemplate, id: string | undefined, what: string): FunctionWiring {
  const found = findResources(template, 'AWS::Lambda::Function').find((each) => each.id === id);
  if (!found) throw createMissingError(what);
  const { Timeout, MemorySize, Environment } = found.properties;
  return {
    id: found.id,
    timeoutMs: (Timeout ?? 3) * 1_000,
    memoryMb: MemorySize ?? 128,
    environment: Environment?.Variables ?? {},
  };
}

function readStreaming(template: CfnTemplate): Pick<Wiring, 'streaming'> {
  const method = findResources(template, 'AWS::ApiGateway::Method').find(
    ({ properties }) => properties.Integration?.ResponseTransferMode === 'STREAM',
  );
  if (!method) return {};
  const stage = findResources(template, 'AWS::ApiGateway::Stage')[0];
  const resource = findResources(template, 'AWS::ApiGateway::Resource').find(
    ({ id }) => id === findReferencedId(method.properties.ResourceId),
  );
  if (!stage || !resource) throw createMissingError('stage and resource of the REST API that streams');
  const { AuthorizationType: type } = method.properties;
  if (type !== undefined && type !== 'NONE')
    throw new CannotStart(
      `The REST API that streams requires ${type} authorization, which the stack on one machine does not check.`,
    );
  return {
    streaming: {
      function: readFunction(
        template,
        findReferencedId(method.properties.Integration.Uri),
        'the function that streams',
      ),
      stage: stage.properties.StageName,
      resource: `/${resource.properties.PathPart}`,
    },
  };
}

/** It has no event source: only the output says which function it is. */
function readExternal(template: CfnTemplate): Pick<Wiring, 'external'> {
  const id = findReferencedId(template.Outputs?.ExternalFunctionName?.Value);
  return id === undefined ? {} : { external: readFunction(template, id, 'the function that its output names') };
}

function readRoutes(template: CfnTemplate): readonly string[] {
  const routes = findResources(template, 'AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
  if (routes.length === 0) throw createMissingError('a route of the HTTP API');
  const guarded = routes.find(({ AuthorizationType: type }) => type !== undefined && type !== 'NONE');
  if (guarded) {
    throw new CannotStart(
      `The route ${guarded.RouteKey} requires ${guarded.AuthorizationType} authorization, which the stack on one machine does not check.`,
    );
  }
  return routes.map(({ RouteKey }) => RouteKey);
}

function findResources(template: CfnTemplate, type: string): ResourceEntry[] {
  return Object.entries(template.Resources ?? {})
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => ({ id, properties: resource.Properties ?? {} }));
}

function createMissingError(what: string): CannotStart {
  return new CannotStart(`The synthesized template lacks what the stack on one machine needs: ${what}.`);
}
