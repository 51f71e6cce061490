/** `Mcp-Param-*`: arguments that a tool wants repeated in headers (`x-mcp-header` in its input schema; SEP-2243). */
import type { Tool } from '../../tool/types.ts';
import { isObject, type JsonObject, own } from '../rpc.ts';
import { decodeHeaderValue, type Headers, headerMismatch, headerOf } from './headers.ts';

/** One annotated property of an input schema. */
interface Declaration {
  readonly path: readonly string[];
  readonly header: string;
  readonly numeric: boolean;
}

/** How deep an input schema is searched. */
const MAX_DEPTH = 32;

const known = new WeakMap<Tool, readonly Declaration[]>();

/** @throws Refusal 400 -32020 when an annotated argument is given and its header is missing, broken or different */
export function checkParamHeaders(headers: Headers, tool: Tool, args: JsonObject | undefined): void {
  for (const { path, header, numeric } of declarationsOf(tool)) {
    const text = textOf(valueAt(args, path));
    if (text === undefined) continue;
    const value = headerOf(headers, header);
    const where = `arguments.${path.join('.')}`;
    if (value === undefined) throw headerMismatch(header, `it is missing; it repeats ${where}.`);
    const decoded = decodeHeaderValue(value);
    if (decoded === undefined) throw headerMismatch(header, 'its Base64 form is not valid.');
    // Integers are compared as numbers: `42.0` and `42` are the same (Server Validation, note).
    const same = numeric && /^-?\d+(\.\d+)?$/.test(decoded) ? Number(decoded) === Number(text) : decoded === text;
    if (!same) throw headerMismatch(header, `${where} is another value.`);
  }
}

function declarationsOf(tool: Tool): readonly Declaration[] {
  const cached = known.get(tool);
  if (cached) return cached;
  const schema = tool.inputSchema?.['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
  const found = isObject(schema) ? search(schema, []) : [];
  known.set(tool, found);
  return found;
}

/** Annotations count where a chain of `properties` reaches them, at any depth. */
function search(schema: JsonObject, path: readonly string[]): Declaration[] {
  const properties = own(schema, 'properties');
  if (!isObject(properties) || path.length > MAX_DEPTH) return [];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const at = [...path, name];
    const header = own(property, 'x-mcp-header');
    const type = own(property, 'type');
    const here =
      typeof header === 'string'
        ? [{ path: at, header: `Mcp-Param-${header}`, numeric: type === 'integer' || type === 'number' }]
        : [];
    return [...here, ...search(property, at)];
  });
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? own(value, key) : undefined), args);
}

/** The text a client must have put into the header; `undefined` for what it must leave out. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || (Number.isInteger(value) && !Number.isSafeInteger(value))) return undefined;
  return String(value);
}
