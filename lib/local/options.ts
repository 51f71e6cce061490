/** The options of a local stack. */
import type { App, Stack } from 'aws-cdk-lib/core';
import type { McpAuth } from '../auth/mcp-auth.ts';
import type { CfnTemplate } from './wiring.ts';

export interface LocalStackOptions {
  /** The module whose default export is what `defineServer` returns. */
  readonly server: string;
  /** Creates the stack of a server whose tools need additional resources. Default: an `McpTasksStack` around `server`. */
  readonly createStack?: (app: App, props: { readonly auth: McpAuth; readonly streaming: true }) => Promise<Stack>;
  /** Port of the MCP endpoint, on 127.0.0.1. Default 0: a free one. */
  readonly port?: number;
  /**
   * `embedded` starts dynoxide, `local` starts DynamoDB Local; a URL uses what runs there, in a separate table that is
   * removed at the end. Default `embedded`.
   */
  readonly dynamodb?: string;
  /** Worker processes: how many tasks run at a time, within the template's limit. Default 2. */
  readonly workers?: number;
  /** Processes of the API function; requests alternate between them. Default 1. */
  readonly apiProcesses?: number;
  /** Browser origins that may call. Default: the template's. */
  readonly allowedOrigins?: readonly string[];
  /** Whether to print nothing and to discard what the processes print. Default false: all of it goes to stderr. */
  readonly quiet?: boolean;
  /** Variables that override the template's in every function, such as `LEASE_MS` and `HEARTBEAT_MS`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Time-out of the worker function, and visibility time-out of its queue (ms). Default: the template's. */
  readonly workerTimeoutMs?: number;
  /** Prefix of the names of table and queues; a random part follows. Default `mcp-tasks`. */
  readonly name?: string;
  /**
   * `jwt` starts an OAuth issuer too and requires its access tokens; the stack is then always synthesized, because the
   * template names the issuer. Default `none`.
   */
  readonly auth?: 'none' | 'jwt';
  /** Default: synthesized from the server module. Starting many stacks of one server is faster with it. */
  readonly template?: CfnTemplate;
}
