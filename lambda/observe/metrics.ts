/** Metrics made of the lines that are written anyway: CloudWatch reads them out of the log (embedded metric format). */
import type { Log } from '../engine/ports.ts';

type EventFields = Parameters<Log>[1];

/** Every metric there is. Durations are in milliseconds, the others are counts. */
export const METRICS = {
  /** Tasks accepted. */
  TasksCreated: { unit: 'Count', perTool: true },
  /** Tasks that ended with a result that is no error. */
  TasksCompleted: { unit: 'Count', perTool: true },
  /** Tasks that ended with a result that says `isError`: the tool's own verdict, in either revision. */
  ToolErrors: { unit: 'Count', perTool: true },
  /** Tasks that ended with a JSON-RPC error: a tool that threw, a worker that died too often, a tool that is gone. */
  TasksFailed: { unit: 'Count', perTool: true },
  TasksCancelled: { unit: 'Count', perTool: true },
  /** Open tasks that a worker found past their lifetime. One that expires while it waits for an answer is not among them. */
  TasksExpired: { unit: 'Count', perTool: true },
  /** From creation to the end, whatever was waited for in between. */
  TaskTime: { unit: 'Milliseconds', perTool: true },
  /** One run, from its claim to its end: settled, parked or handed over. */
  RunTime: { unit: 'Milliseconds', perTool: true },
  /** From when a task could run until a worker took it up; runs that follow a worker's death are not among them. */
  QueueWait: { unit: 'Milliseconds', perTool: false },
  /** Runs that went on with a task that had parked or was handed over. */
  Resumes: { unit: 'Count', perTool: false },
  /** Runs after one that ended without a word: a crash, a time-out, memory. */
  Retries: { unit: 'Count', perTool: false },
  /** Runs that found, or feared, that another one holds their task. */
  LeasesLost: { unit: 'Count', perTool: false },
  /** Wake-ups that went round until the queue gave them up, and were sent afresh. */
  Redrives: { unit: 'Count', perTool: false },
  /** Messages that are no wake-ups. */
  PoisonMessages: { unit: 'Count', perTool: false },
  /** Requests answered with 5xx. */
  RequestsFailed: { unit: 'Count', perTool: false },
  /** Questions of clients after their task, answered without an error. */
  Polls: { unit: 'Count', perTool: false },
} as const satisfies Record<string, { readonly unit: 'Count' | 'Milliseconds'; readonly perTool: boolean }>;

export type MetricName = keyof typeof METRICS;
export type MetricValues = Partial<Record<MetricName, number>>;

/** What a line counts; most count nothing. */
export function measureEvent(event: string, facts: EventFields): MetricValues {
  switch (event) {
    case 'task.created':
      return { TasksCreated: 1 };
    case 'task.ended':
      return {
        [toEndMetric(facts)]: 1,
        ...toNumericMetric('TaskTime', facts.durationMs),
        ...toNumericMetric('RunTime', facts.runMs),
      };
    case 'task.parked':
    case 'task.handedOver':
      return toNumericMetric('RunTime', facts.runMs);
    case 'task.cancelled':
      return { TasksCancelled: 1 };
    case 'task.expired':
      return { TasksExpired: 1 };
    case 'run.started':
      return { ...toStartMetrics(facts), ...toNumericMetric('QueueWait', facts.queueWaitMs) };
    case 'run.lost':
      return facts.reason === 'LeaseLost' ? { LeasesLost: 1 } : {};
    case 'run.superseded':
      return facts.status === 'cancelled' ? {} : { LeasesLost: 1 };
    case 'message.redriven':
      return { Redrives: 1 };
    case 'message.poison':
      return { PoisonMessages: 1 };
    case 'request.failed':
      return { RequestsFailed: 1 };
    case 'task.polled':
      return toNumericMetric('Polls', facts.polls);
    default:
      return {};
  }
}

const toEndMetric = ({ toolError, status }: EventFields): MetricName =>
  toolError === true ? 'ToolErrors' : status === 'completed' ? 'TasksCompleted' : 'TasksFailed';

function toStartMetrics({ failures, generation }: EventFields): MetricValues {
  if (Number(failures) > 0) return { Retries: 1 };
  return Number(generation) > 1 ? { Resumes: 1 } : {};
}

const toNumericMetric = (name: MetricName, value: EventFields[string]): MetricValues =>
  typeof value === 'number' ? { [name]: value } : {};

/** The namespace of all metrics; their dimensions are `server`, and `server` with `tool`. */
export const METRICS_NAMESPACE = 'McpTasks';

/**
 * The members with which CloudWatch makes metrics of a line. Dimensions are bounded: one server, and the tools that
 * it defines; each combination of them is a metric that costs money, so that only those that differ by tool have it.
 */
export function toEmbeddedMetrics(
  measured: MetricValues,
  server: string,
  tool: EventFields[string],
  timestamp: number,
): object {
  const names = Object.keys(measured) as MetricName[];
  if (names.length === 0) return {};
  const directive = (dimensions: readonly (readonly string[])[], wanted: readonly MetricName[]) => ({
    Namespace: METRICS_NAMESPACE,
    Dimensions: dimensions,
    Metrics: wanted.map((Name) => ({ Name, Unit: METRICS[Name].unit })),
  });
  const hasTool = typeof tool === 'string' && tool !== '';
  const [perTool, total] = [true, false].map((wanted) =>
    names.filter((name) => (hasTool && METRICS[name].perTool) === wanted),
  ) as [MetricName[], MetricName[]];
  const CloudWatchMetrics = [
    ...(perTool.length > 0 ? [directive([['server'], ['server', 'tool']], perTool)] : []),
    ...(total.length > 0 ? [directive([['server']], total)] : []),
  ];
  return { server, ...measured, _aws: { Timestamp: timestamp, CloudWatchMetrics } };
}
