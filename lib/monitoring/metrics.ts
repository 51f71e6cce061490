/** Metrics as methods: the server's own, and those that AWS provides for its resources. */
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression, type MathExpressionOptions, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Names } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { METRICS, METRICS_NAMESPACE, type MetricName } from '../../lambda/observe/metrics.ts';

/** The value of the dimension `server`, which distinguishes the metrics of one server from another's. */
export const buildMetricsName = (server: IConstruct): string => Names.uniqueResourceName(server, { separator: '-' });

/** CloudWatch's options, and the tool whose tasks are counted. */
export interface TaskMetricOptions extends MetricOptions {
  /** @default - the tasks of all tools */
  readonly tool?: string;
}

/**
 * A server whose metrics are methods. Each takes CloudWatch's options (`period`, `statistic`, `label`, …), and its
 * default statistic is the one that an alarm needs. None measures the age of the oldest message, because to SQS a message
 * that a worker is processing is still waiting.
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
   * @throws Error for a tool if the metric is not recorded by tool
   */
  metric(name: MetricName, { tool, ...options }: TaskMetricOptions = {}): Metric {
    const { unit, perTool } = METRICS[name];
    if (tool !== undefined && !perTool) throw new Error(`The metric ${name} is not recorded by tool: omit "tool".`);
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

  /** Time from the gateway's receipt of a request to its response (ms). 95th percentile. */
  metricLatency(options?: MetricOptions): Metric {
    return this.httpApi.metricLatency({ statistic: 'p95', ...options });
  }

  /** Invocations of the API function that ended without a response. Sum. */
  metricApiErrors(options?: MetricOptions): Metric {
    return this.apiFunction.metricErrors({ statistic: 'Sum', ...options });
  }

  /** Invocations of the worker that crashed or timed out; errors of tools do not count. Sum. */
  metricWorkerErrors(options?: MetricOptions): Metric {
    return this.workerFunction.metricErrors({ statistic: 'Sum', ...options });
  }

  /** Workers that run at the same time, out of `maxWorkers`. Maximum. */
  metricWorkers(options?: MetricOptions): Metric {
    return this.workerFunction.metric('ConcurrentExecutions', { statistic: 'Maximum', ...options });
  }

  /** Invocations that Lambda refused for lack of concurrency, of the API function and the worker. Sum. */
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

  /** Wake-ups that wait for a worker, not counting those of sleeping tasks. Maximum. */
  metricWakeUpsWaiting(options?: MetricOptions): Metric {
    return this.queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...options });
  }

  /** Messages that the queue gave up on and the dead-letter function has not sent again. Maximum; normally 0. */
  metricDeadLetters(options?: MetricOptions): Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...options });
  }
}
