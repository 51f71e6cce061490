/** Describes what went wrong between this client and the server. */
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { JsonRpcResponseError } from '@modelcontextprotocol/ext-tasks/client';

/** A JSON-RPC error of the server: of a call, or the outcome of a task. */
export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** The JSON-RPC error that this error is or was caused by, if any. */
export function findRpcFailure(error: unknown): RpcFailure | undefined {
  for (const cause of collectCauses(error))
    if (cause instanceof JsonRpcResponseError || cause instanceof ProtocolError)
      return { code: cause.code, message: cause.message, ...(cause.data !== undefined && { data: cause.data }) };
  return undefined;
}

export function describeRpcFailure({ code, message, data }: RpcFailure): string {
  const details = data === undefined ? '' : `\n${JSON.stringify(data, undefined, 2)}`;
  return `Protocol error ${code}: ${message}${details}`;
}

/** One line for any other error: no connection, or a response that is not MCP. */
export function describeConnectionFailure(error: unknown, url: URL): string {
  const chain = collectCauses(error);
  const http = chain.find((cause) => cause instanceof SdkHttpError);
  if (http)
    return `${url} answered with HTTP ${http.status}${http.statusText ? ` ${http.statusText}` : ''}${formatBodyExcerpt(http)}`;
  const codes = chain.map((cause) => (cause as { code?: unknown }).code);
  if (codes.includes('ECONNREFUSED'))
    return `Cannot connect to ${url}: connection refused. Is the server running? (npm run dev starts one.)`;
  if (codes.includes('ENOTFOUND')) return `Cannot connect to ${url}: host not found.`;
  if (codes.includes(SdkErrorCode.RequestTimeout) || chain.some((cause) => cause.name === 'TimeoutError'))
    return `${url} did not respond in time.`;
  const last = chain.at(-1);
  return `${url}: ${last instanceof SdkError || last === undefined ? (chain[0]?.message ?? String(error)) : last.message}`;
}

/** The error, its cause, the cause of that, and so on; an `AggregateError` counts as caused by its first error. */
function collectCauses(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let next = error; next instanceof Error && chain.length < 10; ) {
    chain.push(next);
    const { cause, data } = next as { cause?: unknown; data?: { cause?: unknown } };
    next = cause ?? data?.cause ?? (next instanceof AggregateError ? next.errors[0] : undefined);
  }
  return chain;
}

function formatBodyExcerpt(error: SdkHttpError): string {
  const text = String(error.data.text ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? '' : `: ${text.slice(0, 200)}`;
}
