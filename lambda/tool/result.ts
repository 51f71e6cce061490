/** Makes the outcome of a call from what its tool returned or threw. */
import type { Era, Outcome } from '../tasks/record.ts';
import { InputNotSupported, ProtocolError, ToolBroken, toolError } from './errors.ts';
import { NotJson, toJson } from './json.ts';
import type { Tool } from './types.ts';
import { describeProblems, validate } from './validate.ts';

/**
 * The outcome of what a tool returned. Structured content is validated against the output schema, a text block is added
 * where there is none (MCP, Tools, Structured Content), and the whole must be a valid `CallToolResult`. An invalid
 * result becomes a JSON-RPC error with the reason.
 */
export async function toReturnOutcome(tool: Tool, returned: unknown): Promise<Outcome> {
  try {
    return { result: await requireValidResult(tool, returned) };
  } catch (error) {
    if (error instanceof ProtocolError) return { error: error.toRpcError() };
    throw error;
  }
}

/** The SDK's own schemas, loaded with the first result. */
let sdkImport: Promise<typeof import('@modelcontextprotocol/server')> | undefined;

async function requireValidResult(tool: Tool, returned: unknown): Promise<Record<string, unknown>> {
  const fail = (why: string): never => {
    throw new ToolBroken(`Tool ${tool.name} returned an invalid result: ${why}`);
  };
  if (typeof returned !== 'object' || returned === null || Array.isArray(returned))
    return fail('it must be an object with "content" or "structuredContent"');
  const result: Record<string, unknown> = { ...returned };
  if (result.isError !== true && tool.outputSchema) {
    if (result.structuredContent === undefined)
      return fail('it must have "structuredContent", since the tool has an output schema');
    const fits = await validate(tool.outputSchema, result.structuredContent);
    if (!fits.ok) return fail(`"structuredContent" does not fit its output schema: ${describeProblems(fits.problems)}`);
    result.structuredContent = fits.value;
  }
  if (result.content === undefined) {
    if (result.structuredContent === undefined) return fail('it must have "content" or "structuredContent"');
    result.content = [{ type: 'text', text: requireJson(result.structuredContent, fail) }];
  }
  // Validated as a client will receive it.
  const plain = JSON.parse(requireJson(result, fail)) as Record<string, unknown>;
  sdkImport ??= import('@modelcontextprotocol/server');
  const valid = await validate((await sdkImport).specTypeSchemas.CallToolResult as never, plain);
  if (!valid.ok) return fail(describeProblems(valid.problems));
  return plain;
}

function requireJson(value: unknown, fail: (why: string) => never): string {
  try {
    return toJson(value, 'the tool') ?? fail('it must not be undefined');
  } catch (error) {
    return error instanceof NotJson ? fail(error.message) : fail(String(error));
  }
}

/**
 * The outcome of what a tool threw: a JSON-RPC error for a `ProtocolError`, a tool error that the model can read for
 * anything else (message only: no stack leaves the server).
 */
export function toThrowOutcome(thrown: unknown, era: Era): Outcome {
  // 2025-11-25 has no error code for a missing client capability.
  if (thrown instanceof InputNotSupported && era === '2025-11-25') return { result: toolError(thrown.message) };
  if (thrown instanceof ProtocolError) return { error: thrown.toRpcError() };
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return { result: toolError(message) };
}
