/** What can be chosen of a local stack. */
import type { CfnTemplate } from './wiring.ts';

export interface LocalStackOptions {
  /** The module whose default export is what `defineServer` returns. Default: the example. */
  readonly server?: string;
  /** On 127.0.0.1. Default 0: a free one. */
  readonly port?: number;
  /** Start dynoxide or DynamoDB Local, or use what runs at a URL (in a table of its own, removed at the end). Default `embedded`. */
  readonly dynamodb?: string;
  /** Worker processes: how many tasks run at a time, as far as the template allows. Default 2. */
  readonly workers?: number;
  /** Processes of the API function; requests alternate between them. Default 1. */
  readonly apiProcesses?: number;
  /** Browser origins that may call, instead of the template's. */
  readonly allowedOrigins?: readonly string[];
  /** Print nothing, and throw away what the processes print. Default false: all of it goes to stderr. */
  readonly quiet?: boolean;
  /** Variables that win over the template's in every function: `LEASE_MS`, `HEARTBEAT_MS`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Time-out of the worker function (ms) and visibility of its queue, instead of the template's. */
  readonly workerTimeoutMs?: number;
  /** Start of the names of table and queues; a random part follows. Default `mcp-tasks`. */
  readonly name?: string;
  /** `jwt`: with an OAuth issuer beside it, whose access tokens are demanded. Always synthesized, for the template names the issuer. Default `none`. */
  readonly auth?: 'none' | 'jwt';
  /** Default: synthesized from the server module. Who starts many stacks of one server gives it, to synthesize once. */
  readonly template?: CfnTemplate;
}
