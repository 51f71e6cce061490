/** Holding values against a tool's schemas. */
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { Tool } from './types.ts';

/** One reason why a value does not fit: where, and why. */
export interface SchemaProblem {
  /** Dotted path from the value's root; empty for the root itself. */
  readonly path: string;
  readonly reason: string;
}

export type ValidationResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** Hold a value against a schema; the value comes back as the schema makes it (defaults, coercions). */
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

/** Hold a call's arguments against the tool's input schema. A tool without one takes an empty object. */
export async function validateArguments(tool: Tool, args: unknown): Promise<ValidationResult> {
  return tool.inputSchema ? validate(tool.inputSchema, args ?? {}) : { ok: true, value: {} };
}

/** Problems that are told one by one. A hundred thousand wrong items are as many problems, and no answer holds them. */
const MAX_DESCRIBED_PROBLEMS = 20;
/** Longest telling of one (characters): a validator may repeat what it was given. */
const MAX_PROBLEM_LENGTH = 300;

/** Problems as one line that a model can act on. */
export const describeProblems = (problems: readonly SchemaProblem[]): string => {
  const told = problems
    .slice(0, MAX_DESCRIBED_PROBLEMS)
    .map(({ path, reason }) => truncateProblem(path ? `${path}: ${reason}` : reason));
  const more = problems.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
};

const truncateProblem = (text: string): string =>
  text.length > MAX_PROBLEM_LENGTH ? `${text.slice(0, MAX_PROBLEM_LENGTH - 1)}…` : text;
