/** What the server counts itself, and what AWS counts about its parts, as methods. */
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression, type MathExpressionOptions, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Names } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { METRICS, METRICS_NAMESPACE, type MetricName } from '../../lambda/observe/metrics.ts';

/** The dimension that tells the metrics of one server from another's. */
export const buildMetricsName = (server: IConstruct): string => Names.uniqueResourceName(server, { separator: '-' });

/** CloudWatch's options, and the tool whose tasks alone are counted. */
export interface TaskMetricOptions extends MetricOptions {
  /** @default - the tasks of all tools */
  readonly tool?: string;
}

/**
 * Every metric takes CloudWatch's options (`period`, `statistic`, `label`, …) and has the statistic that an alarm on
 * it wants. There is none of the age of the oldest message: SQS counts a message that is worked on as waiting.
 */
export abstract class MeasuredServer extends Construct {
  abstract readonly table: ITable;
  abstract readonly queue: IQueue;
  abstract readonly deadLetterQueue: IQueue;
  abstract readonly apiFunction: LambdaFunction;
  abstract readonly workerFunction: LambdaFunction;
  abstract readonly deadLetterFunction: LambdaFunction;
  abstract readonly httpApi: HttpApi;
  /** Value of the dimension `server` of the server's own metrics. */
  readonly metricsName: string = buildMetricsName(this);

  /**
   * One of the server's own metrics (namespace `McpTasks`). Sum of a count, 95th percentile of a duration (ms).
   *
   * @throws Error for a tool where the metric is not told apart by tool
   */
  metric(name: MetricName, { tool, ...options }: TaskMetricOptions = {}): Metric {
    const { unit, perTool } = METRICS[name];
    if (tool !== undefined && !perTool) throw new Error(`The metric ${name} is not told apart by tool.`);
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: name,
      dimensionsMap: { server: this.metricsName, ...(tool !== undefined && { tool }) },
      statistic: unit === 'Count' ? 'Sum' : 'p95',
      ...options,
    });
  }

  /** Requests that reached the gateway, polls included. Sum. */
  metricRequests(options?: MetricOptions): Metric {
    return this.httpApi.metricCount({ statistic: 'Sum', ...options });
  }

  /** Requests that were answered with a 5xx status. Sum. */
  metricServerErrors(options?: MetricOptions): Metric {
    return this.httpApi.metricServerError({ statistic: 'Sum', ...options });
  }

  /** Time from the gateway's receipt of a request to its answer (ms). 95th percentile. */
  metricLatency(options?: MetricOptions): Metric {
    return this.httpApi.metricLatency({ statistic: 'p95', ...options });
  }

  /** Runs of the API function that ended without an answer. Sum. */
  metricApiErrors(options?: MetricOptions): Metric {
    return this.apiFunction.metricErrors({ statistic: 'Sum', ...options });
  }

  /** Runs of the worker that crashed or were stopped at the function's time-out; a tool's own error is none. Sum. */
  metricWorkerErrors(options?: MetricOptions): Metric {
    return this.workerFunction.metricErrors({ statistic: 'Sum', ...options });
  }

  /** Workers at the same time, of `maxWorkers`. Maximum. */
  metricWorkers(options?: MetricOptions): Metric {
    return this.workerFunction.metric('ConcurrentExecutions', { statistic: 'Maximum', ...options });
  }

  /** Invocations that Lambda refused for want of concurrency, of the API function and the worker. Sum. */
  metricThrottles(options?: MathExpressionOptions): MathExpression {
    return new MathExpression({
      label: 'Throttled invocations',
      ...options,
      expression: 'api + worker',
      usingMetrics: {
        api: this.apiFunction.metricThrottles({ statistic: 'Sum' }),
        worker: this.workerFunction.metricThrottles({ statistic: 'Sum' }),
      },
    });
  }

  /** Wake-ups that wait for a worker, those of sleeping tasks not among them. Maximum. */
  metricWakeUpsWaiting(options?: MetricOptions): Metric {
    return this.queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...options });
  }

  /** Messages that the queue gave up on and the dead-letter function has not sent afresh. Maximum; 0 when all is well. */
  metricDeadLetters(options?: MetricOptions): Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...options });
  }
}
