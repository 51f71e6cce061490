/** Counts the requests that AWS clients make, and the capacity that DynamoDB reports for them. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** One request. */
export interface CountedRequest {
  /** The kind of call that made the request. */
  readonly label: string;
  readonly service: 'DynamoDB' | 'SQS';
  /** `GetItem`, `SendMessage`, … */
  readonly operation: string;
  /** Capacity units; DynamoDB does not report them for a refused write. */
  units: number;
}

/** The capacity that a request consumed, as DynamoDB reports it: for one table, or for each. */
type ConsumedCapacity = { readonly CapacityUnits?: number } | readonly { readonly CapacityUnits?: number }[];

/** A counter for any number of clients. */
export class RequestCounter {
  readonly requests: CountedRequest[] = [];
  /** The kind of call for which requests are counted from now on. */
  label = 'setup';

  /** Count a DynamoDB client's requests, and have DynamoDB report what they consume. */
  watchDynamoDb(client: DynamoDBDocumentClient): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const request = this.#count('DynamoDB', context.commandName);
        const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' };
        const result = await next({ ...args, input } as typeof args);
        const consumed = (result.output as { readonly ConsumedCapacity?: ConsumedCapacity }).ConsumedCapacity ?? [];
        request.units = [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
        return result;
      },
      { step: 'initialize', name: 'countDynamoDbRequests' },
    );
  }

  /** Count an SQS client's requests. */
  watchSqs(client: SQSClient): void {
    client.middlewareStack.add(
      (next, context) => (args) => {
        this.#count('SQS', context.commandName);
        return next(args);
      },
      { step: 'initialize', name: 'countSqsRequests' },
    );
  }

  #count(service: CountedRequest['service'], command = ''): CountedRequest {
    const operation = command.replace(/Command$/, '');
    const request: CountedRequest = { label: this.label, service, operation, units: 0 };
    this.requests.push(request);
    return request;
  }
}
