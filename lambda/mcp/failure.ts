/** The error that refuses a request: thrown anywhere in the MCP layer, turned into a reply once, at the edge. */
import { RPC_CODE } from '../tasks/rpc-code.ts';
import type { JsonObject } from './rpc.ts';

/** JSON-RPC's own codes and those of MCP 2026-07-28. */
export const CODE = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  ...RPC_CODE,
  /** HTTP-level refusals (415, 413, 403, 405), as the official SDK codes them. */
  transport: -32000,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** A refusal: HTTP status, JSON-RPC error and, if needed, response headers. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: number;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: number,
    message: string,
    data?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    if (data !== undefined) this.data = data;
    if (headers !== undefined) this.headers = headers;
  }
}

/** For invalid parameters: an in-band error (HTTP 200), as the official SDK answers them. */
export const refuseParams = (message: string, data?: unknown): Refusal =>
  new Refusal(200, CODE.invalidParams, message, data);

/** MCP 2026-07-28: an unknown method is 404 and -32601; its body distinguishes it from a missing endpoint. */
export const refuseMethod = (): Refusal => new Refusal(404, CODE.methodNotFound, 'Method not found');

/** MCP 2026-07-28, Missing Required Client Capability: always HTTP 400. */
export const refuseCapability = (requiredCapabilities: JsonObject): Refusal =>
  new Refusal(
    400,
    CODE.missingClientCapability,
    `The request must declare these client capabilities: ${JSON.stringify(requiredCapabilities)}`,
    { requiredCapabilities },
  );
