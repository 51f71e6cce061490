/** The construct's props: what a person decides, grouped by the decision. */

import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { McpAuth } from '../auth/mcp-auth.ts';
import type { MonitoringProps } from './monitoring.ts';
import type { RequestProps } from './request-limits.ts';
import type { ResourcesProps } from './resource-props.ts';

/** Which tools are served, and what they need to find beside themselves. */
export interface ToolsProps {
  /**
   * Path of the server module: the file whose default export is what `defineServer` returned. TypeScript or
   * JavaScript; relative to the directory in which the CDK app runs. It is bundled, loaded once while the app
   * is synthesized (a module that fails, or defines a tool twice, fails there), and again in each function that
   * needs the tools.
   */
  readonly entry: string;

  /**
   * Variables that the tools read from `process.env`, in the API and the worker function. Not for secrets:
   * whoever may describe the function reads them. The construct's own names (`TABLE_NAME`, …) are refused.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * Files that the tools read at run time and that no `import` names: copied beside the code of the API and
   * the worker function.
   *
   * @default - none
   */
  readonly assets?: readonly Asset[];
}

/** A file or folder that is deployed with the code. */
export interface Asset {
  /** The file or folder to copy, relative to the directory in which the CDK app runs. */
  readonly from: string;

  /** Where the copy goes, relative to the root of the deployed code (`/var/task`). */
  readonly to: string;

  /**
   * Which files of the folder are copied, by their path inside it.
   *
   * @default - all of them
   */
  readonly filter?: (path: string) => boolean;

  /**
   * The variable through which the tools find the copy: `/var/task/<to>` in Lambda, and the absolute path of
   * `from` where nothing is bundled, as on the local stack.
   *
   * @default - no variable
   */
  readonly variable?: string;
}

/** Who may call, and whose tasks are whose. */
export interface IdentityProps {
  /**
   * `McpAuth.jwt(…)`, `McpAuth.cognito(…)`, `McpAuth.iam()` or `McpAuth.none()`. Required: none of them is right for
   * everybody. Owners are told apart by what it says, so changing it hides the tasks that were made before.
   */
  readonly auth: McpAuth;
}

/** What the functions are made of. */
export interface FunctionsProps {
  /**
   * Memory of the API function (MiB). Lambda gives CPU in proportion, so less is slower to start.
   *
   * @default 512
   */
  readonly apiMemory?: number;

  /**
   * Memory of the worker function (MiB), in which the tools run. 1,769 is one whole CPU.
   *
   * @default 1024
   */
  readonly workerMemory?: number;

  /**
   * How long one run of a tool may take. A task is not bounded by it: it goes on in another run after its next
   * step, question or sleep. It is also the queue's visibility time-out, so a worker that dies before its first
   * line is replaced no sooner. At most 15 minutes, and at least a lease and a half.
   *
   * @default Duration.minutes(15)
   */
  readonly workerTimeout?: Duration;
}

/** What a client, and all of them together, may ask for. */
export interface LimitsProps {
  /**
   * How many workers run at the same time. It is the event source's limit, not reserved concurrency: the rest of
   * the account keeps its pool, and messages over the limit wait in the queue without being received.
   * 2 to 1,000, as SQS event sources demand.
   *
   * @default 50
   */
  readonly maxWorkers?: number;

  /**
   * Requests per second that the gateway lets through, polls included; the others get 429. A task that is polled
   * every 5 s costs 0.2 of them.
   *
   * @default 200
   */
  readonly requestsPerSecond?: number;

  /**
   * Requests that may come at once, above the steady rate.
   *
   * @default 400
   */
  readonly requestBurst?: number;

  /**
   * Tasks that one owner may have open at a time; a call beyond it is refused with an error that says so. 0 for no
   * limit. Each instance of the API function counts once a minute, so an owner may pass it by a tenth for each.
   * Without owners (`McpAuth.none()`) nothing is counted.
   *
   * @default 1000
   */
  readonly maxOpenTasks?: number;

  /**
   * Over how many partitions of the table an owner's tasks are spread, each good for about 1,000 writes per second;
   * a list reads all of them. 1 to 100. Not for a server that is in use: tasks that were made with another number
   * are not found again.
   *
   * @default 1
   */
  readonly ownerShards?: number;

  /**
   * Origins (`https://app.example`) whose browser pages may call the endpoint. A request with another `Origin` is
   * refused with 403, as MCP demands; a request without one does not come from a browser page and is let through.
   *
   * @default - none
   */
  readonly allowedOrigins?: readonly string[];

  /**
   * Whether there is a second endpoint, on a REST API that streams responses, where `subscriptions/listen` stays open
   * and tells what becomes of tasks. It costs a running function for as long as somebody listens (up to 15 minutes),
   * and looks at the table as often as a polling client would: polling is cheaper, unless a client may send no
   * requests of its own while it waits, or pays for each of them.
   *
   * It is `streamingEndpoint`. For one domain and one set of tokens, map the HTTP API to the root of a custom domain
   * and the REST API's stage to its base path `stream`.
   *
   * @default false
   */
  readonly streaming?: boolean;

  /**
   * For how long a worker that gives no sign of life is believed to be alive. A dead worker's task is taken up
   * after it. Shorter recovers sooner, and a pause (a blocked event loop, a throttled table) is sooner mistaken
   * for death. At least three heartbeats.
   *
   * @default Duration.seconds(60)
   */
  readonly lease?: Duration;

  /**
   * How often a worker renews its lease, and so how soon it learns of a cancel. Each is one write and one SQS
   * request: a task of an hour costs 720 of both at 5 s.
   *
   * @default Duration.seconds(5)
   */
  readonly heartbeat?: Duration;
}

/** How long data is kept, and what becomes of it when the stack is deleted. */
export interface RetentionProps {
  /**
   * How long payloads that are too large for a row stay in the bucket; whole days. It has to cover each tool's
   * `lifetimeMs` plus `retentionMs`, which is checked when the app is synthesized.
   *
   * @default Duration.days(30)
   */
  readonly payloadRetention?: Duration;

  /**
   * How long the functions' and the gateway's log lines are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * What becomes of the table, the bucket, the secret and the logs when the stack is deleted or they would be
   * replaced. The queues hold only wake-ups and go with the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the table refuses to be deleted, by anyone, until this is switched off.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** Everything `McpTasksServer` is given. */
export interface McpTasksServerProps
  extends ToolsProps,
    IdentityProps,
    FunctionsProps,
    LimitsProps,
    RetentionProps,
    ResourcesProps,
    RequestProps,
    MonitoringProps {}
