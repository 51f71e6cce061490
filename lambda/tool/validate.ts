/** Validates values against a tool's schemas. */
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { Tool } from './types.ts';

/** One reason why a value does not fit: where, and why. */
export interface SchemaProblem {
  /** Dotted path from the value's root; empty for the root itself. */
  readonly path: string;
  readonly reason: string;
}

/** The value as the schema makes it, or every reason why it does not fit. */
export type ValidationResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** Validate a value against a schema; the result has the value as the schema makes it (defaults, coercions). */
export async function validate(schema: StandardSchemaWithJSON, value: unknown): Promise<ValidationResult> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return { ok: true, value: result.value };
  return {
    ok: false,
    problems: result.issues.map((issue) => ({
      path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
      reason: issue.message,
    })),
  };
}

/** Validate a call's arguments against the tool's input schema. A tool without one gets an empty object. */
export async function validateArguments(tool: Tool, args: unknown): Promise<ValidationResult> {
  return tool.inputSchema ? validate(tool.inputSchema, args ?? {}) : { ok: true, value: {} };
}

/** The message of a call whose arguments do not fit, as the official SDK words it for ordinary tools. */
export function describeInvalidArguments(tool: Tool, problems: readonly SchemaProblem[]): string {
  return `Input validation error: Invalid arguments for tool ${tool.name}: ${describeProblems(problems)}`;
}

/** Problems that are described one by one: a hundred thousand wrong items would be as many, too large for a response. */
const MAX_DESCRIBED_PROBLEMS = 20;
/** Longest description of one problem (characters): a validator may repeat its input. */
const MAX_PROBLEM_LENGTH = 300;

/** Problems as one line that a model can act on. */
export function describeProblems(problems: readonly SchemaProblem[]): string {
  const described = problems
    .slice(0, MAX_DESCRIBED_PROBLEMS)
    .map(({ path, reason }) => truncateProblem(path ? `${path}: ${reason}` : reason));
  const more = problems.length - described.length;
  return [...described, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

const truncateProblem = (text: string): string =>
  text.length > MAX_PROBLEM_LENGTH ? `${text.slice(0, MAX_PROBLEM_LENGTH - 1)}…` : text;
