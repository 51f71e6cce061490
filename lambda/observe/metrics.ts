/** Metrics from the lines that are logged anyway: CloudWatch reads them from the log (embedded metric format). */
import type { Log } from '../engine/ports.ts';

type EventFields = Parameters<Log>[1];

/** All metrics. Durations are in milliseconds, the others are counts. */
export const METRICS = {
  /** Tasks accepted. */
  TasksCreated: { unit: 'Count', perTool: true },
  /** Tasks that ended with a result that is not an error. */
  TasksCompleted: { unit: 'Count', perTool: true },
  /** Tasks that ended with a result that says `isError`: the tool's own verdict, in either revision. */
  ToolErrors: { unit: 'Count', perTool: true },
  /** Tasks that ended with a JSON-RPC error: a `ProtocolError`, a worker that died too often, a tool that is gone. */
  TasksFailed: { unit: 'Count', perTool: true },
  TasksCancelled: { unit: 'Count', perTool: true },
  /** Open tasks that a worker found past their lifetime. A task that expires while it waits for an answer is not counted. */
  TasksExpired: { unit: 'Count', perTool: true },
  /** From creation to the end, waits included. */
  TaskTime: { unit: 'Milliseconds', perTool: true },
  /** One run, from its claim to its end: settled, parked or handed over. */
  RunTime: { unit: 'Milliseconds', perTool: true },
  /** From when a task could run until a worker claimed it; runs after a worker's death are not counted. */
  QueueWait: { unit: 'Milliseconds', perTool: false },
  /** Runs that continued a task that had parked or was handed over. */
  Resumes: { unit: 'Count', perTool: false },
  /** Runs after one that died: a crash, a time-out, out of memory. */
  Retries: { unit: 'Count', perTool: false },
  /** Runs that found another run holding their task, or could not rule it out. */
  LeasesLost: { unit: 'Count', perTool: false },
  /** Wake-ups that the queue moved to its dead-letter queue, and that were sent again. */
  Redrives: { unit: 'Count', perTool: false },
  /** Messages that are not wake-ups. */
  PoisonMessages: { unit: 'Count', perTool: false },
  /** Requests answered with 5xx. */
  RequestsFailed: { unit: 'Count', perTool: false },
  /** Polls of clients for their task that were served without an error. */
  Polls: { unit: 'Count', perTool: false },
} as const satisfies Record<string, { readonly unit: 'Count' | 'Milliseconds'; readonly perTool: boolean }>;

export type MetricName = keyof typeof METRICS;
export type MetricValues = Partial<Record<MetricName, number>>;

/** The metrics of one event; most events have none. */
export function measureEvent(event: string, fields: EventFields): MetricValues {
  switch (event) {
    case 'task.created':
      return { TasksCreated: 1 };
    case 'task.ended':
      return {
        [toEndMetric(fields)]: 1,
        ...toNumericMetric('TaskTime', fields.durationMs),
        ...toNumericMetric('RunTime', fields.runMs),
      };
    case 'task.parked':
    case 'task.handedOver':
      return toNumericMetric('RunTime', fields.runMs);
    case 'task.cancelled':
      return { TasksCancelled: 1 };
    case 'task.expired':
      return { TasksExpired: 1 };
    case 'run.started':
      return { ...toStartMetrics(fields), ...toNumericMetric('QueueWait', fields.queueWaitMs) };
    case 'run.lost':
      return fields.reason === 'LeaseLost' ? { LeasesLost: 1 } : {};
    case 'run.superseded':
      return fields.status === 'cancelled' ? {} : { LeasesLost: 1 };
    case 'message.redriven':
      return { Redrives: 1 };
    case 'message.poison':
      return { PoisonMessages: 1 };
    case 'request.failed':
      return { RequestsFailed: 1 };
    case 'task.polled':
      return toNumericMetric('Polls', fields.polls);
    default:
      return {};
  }
}

function toEndMetric({ toolError, status }: EventFields): MetricName {
  if (toolError === true) return 'ToolErrors';
  return status === 'completed' ? 'TasksCompleted' : 'TasksFailed';
}

function toStartMetrics({ failures, generation }: EventFields): MetricValues {
  if (Number(failures) > 0) return { Retries: 1 };
  return Number(generation) > 1 ? { Resumes: 1 } : {};
}

const toNumericMetric = (name: MetricName, value: EventFields[string]): MetricValues =>
  typeof value === 'number' ? { [name]: value } : {};

/** CloudWatch's namespace of all metrics. Their dimensions are `server`, and `server` with `tool`. */
export const METRICS_NAMESPACE = 'McpTasks';

/**
 * The members from which CloudWatch makes the metrics of a line. Dimensions are bounded: one server, and the tools that
 * it defines. Each combination is a metric that costs money, so only metrics that differ by tool have the second one.
 *
 * @param timestamp ms since the epoch
 */
export function toEmbeddedMetrics(
  measured: MetricValues,
  server: string,
  tool: EventFields[string],
  timestamp: number,
): object {
  const names = Object.keys(measured) as MetricName[];
  if (names.length === 0) return {};
  const directive = (dimensions: readonly (readonly string[])[], metrics: readonly MetricName[]) => ({
    Namespace: METRICS_NAMESPACE,
    Dimensions: dimensions,
    Metrics: metrics.map((Name) => ({ Name, Unit: METRICS[Name].unit })),
  });
  const hasTool = typeof tool === 'string' && tool !== '';
  const isPerTool = (name: MetricName) => hasTool && METRICS[name].perTool;
  const perTool = names.filter(isPerTool);
  const total = names.filter((name) => !isPerTool(name));
  const CloudWatchMetrics = [
    ...(perTool.length > 0 ? [directive([['server'], ['server', 'tool']], perTool)] : []),
    ...(total.length > 0 ? [directive([['server']], total)] : []),
  ];
  return { server, ...measured, _aws: { Timestamp: timestamp, CloudWatchMetrics } };
}
