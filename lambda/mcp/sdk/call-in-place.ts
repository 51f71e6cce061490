/**
 * A task tool called by a client of an earlier revision, which declares neither tasks nor what it can be asked:
 * it runs in the call, or says why it cannot.
 */
import { toolError } from '../../tool/errors.ts';
import { type InlineCall, runInline, runPrepare } from '../../tool/inline.ts';
import type { Tool } from '../../tool/types.ts';

export async function callInPlace(
  tool: Tool,
  args: unknown,
  { id, budgetMs }: { readonly id: string; readonly budgetMs: number },
): Promise<Record<string, unknown>> {
  if (tool.taskSupport === 'required')
    return toolError(
      `${tool.name} runs as a task only: call it from a client with the extension io.modelcontextprotocol/tasks.`,
    );
  if (tool.asks.length > 0) return cannotAsk(tool);
  const call: InlineCall = {
    id,
    args,
    era: '2025-11-25',
    capabilities: {},
    history: { journal: {}, questions: {} },
    budgetMs,
  };
  if (tool.prepare) {
    const prepared = await runPrepare(tool, call);
    if (prepared.end === 'refused') return prepared.result;
    if (prepared.end === 'failed') return resultOf(tool, prepared.outcome);
    if (prepared.end === 'asks') return cannotAsk(tool);
    return run(tool, { ...call, args: prepared.args });
  }
  return run(tool, call);
}

async function run(tool: Tool, call: InlineCall): Promise<Record<string, unknown>> {
  const end = await runInline(tool, call);
  return end.end === 'asks' ? cannotAsk(tool) : resultOf(tool, end.outcome);
}

const cannotAsk = (tool: Tool): Record<string, unknown> =>
  toolError(`${tool.name} has questions, which cannot be asked over this connection.`);

/** The SDK makes tool errors of whatever its handlers throw, so a JSON-RPC error becomes one here, with its code. */
function resultOf(
  tool: Tool,
  outcome:
    | { readonly result: Record<string, unknown> }
    | { readonly error: { readonly code: number; readonly message: string } },
) {
  return 'result' in outcome
    ? outcome.result
    : toolError(`${tool.name} failed (${outcome.error.code}): ${outcome.error.message}`);
}
