/** Types of the values that a tool exchanges: through a schema, through JSON, through a form. */
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';

/**
 * Any Standard Schema that can describe itself as JSON Schema (zod 4, ArkType, Valibot), as in the SDK.
 *
 * @example
 * ```ts
 * const page: Schema<{ size: number }> = z.object({ size: z.number().int().default(20) });
 * ```
 */
export type Schema<Output = unknown> = StandardSchemaWithJSON<unknown, Output>;

/**
 * The type of what a schema makes of valid input.
 *
 * @example
 * ```ts
 * const page = z.object({ size: z.number().int().default(20) });
 * const first: Infer<typeof page> = { size: 20 };
 * ```
 */
export type Infer<S extends StandardSchemaWithJSON> = StandardSchemaWithJSON.InferOutput<S>;

/** A step may return nothing. */
type Nothing = ReturnType<() => void>;

/**
 * What is left of a type after JSON: `never` for a Date, Map, Set, RegExp, function, symbol or bigint, at any depth.
 *
 * @example
 * ```ts
 * const plain: Json<{ at: string }> = { at: new Date().toISOString() };
 * // @ts-expect-error a Date does not survive JSON
 * const lossy: Json<{ at: Date }> = { at: new Date() };
 * ```
 */
export type Json<T> = T extends string | number | boolean | null | undefined | Nothing
  ? T
  : T extends bigint | symbol | ((...args: never[]) => unknown) | Date | Map<unknown, unknown> | Set<unknown> | RegExp
    ? never
    : T extends readonly unknown[] | object
      ? { [K in keyof T]: Json<T[K]> }
      : unknown extends T
        ? T
        : never;

/**
 * What an elicitation form may hold (MCP's restricted schema): flat, of primitives and lists of strings.
 *
 * @example
 * ```ts
 * const content: FormContent = { name: 'orders', columns: ['email', 'phone'], keepHeader: true };
 * ```
 */
export type FormContent = Record<string, string | number | boolean | readonly string[] | undefined>;

/**
 * An answer to `elicit`. A form that was declined, cancelled or not answered in time is a value, not an error.
 *
 * @example
 * ```ts
 * const describe = (answer: ElicitAnswer<{ columns: string[] }>): string =>
 *   answer.action === 'accept' ? answer.content.columns.join(', ') : `no answer (${answer.action})`;
 * ```
 */
export type ElicitAnswer<Content> =
  | { readonly action: 'accept'; readonly content: Content }
  | { readonly action: 'decline' | 'cancel' | 'timeout'; readonly content?: undefined };
