/** `Mcp-Param-*`: arguments that a client must repeat in headers (`x-mcp-header` in the input schema; SEP-2243). */
import type { Tool } from '../../tool/types.ts';
import { getHeader, type HeaderMap } from '../headers.ts';
import { getOwn, isObject, type JsonObject } from '../rpc.ts';
import { decodeHeaderValue, refuseHeader } from './headers.ts';

/** One annotated property of an input schema. */
interface HeaderDeclaration {
  readonly path: readonly string[];
  readonly header: string;
  readonly numeric: boolean;
}

/** How deep an input schema is searched (levels of `properties`). */
const MAX_SCHEMA_DEPTH = 32;

const declarationsByTool = new WeakMap<Tool, readonly HeaderDeclaration[]>();

/** @throws Refusal 400 -32020 when the header of a given argument is missing, invalid or different */
export function checkParamHeaders(headers: HeaderMap, tool: Tool, args: JsonObject | undefined): void {
  for (const { path, header, numeric } of findDeclarations(tool)) {
    const text = toHeaderText(getValueAt(args, path));
    if (text === undefined) continue;
    const value = getHeader(headers, header);
    const where = `arguments.${path.join('.')}`;
    if (value === undefined) throw refuseHeader(header, `it is missing; it repeats ${where}.`);
    const decoded = decodeHeaderValue(value);
    if (decoded === undefined) throw refuseHeader(header, 'its Base64 form is invalid.');
    // Numbers are compared by value: `42.0` and `42` are the same (Server Validation, note).
    const same = numeric && /^-?\d+(\.\d+)?$/.test(decoded) ? Number(decoded) === Number(text) : decoded === text;
    if (!same) throw refuseHeader(header, `it differs from ${where}.`);
  }
}

function findDeclarations(tool: Tool): readonly HeaderDeclaration[] {
  const cached = declarationsByTool.get(tool);
  if (cached) return cached;
  const schema = tool.inputSchema?.['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
  const found = isObject(schema) ? searchSchema(schema, []) : [];
  declarationsByTool.set(tool, found);
  return found;
}

/** Annotations count wherever a chain of `properties` reaches them, at any depth. */
function searchSchema(schema: JsonObject, path: readonly string[]): HeaderDeclaration[] {
  const properties = getOwn(schema, 'properties');
  if (!isObject(properties) || path.length > MAX_SCHEMA_DEPTH) return [];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const at = [...path, name];
    const header = getOwn(property, 'x-mcp-header');
    const type = getOwn(property, 'type');
    const here =
      typeof header === 'string'
        ? [{ path: at, header: `Mcp-Param-${header}`, numeric: type === 'integer' || type === 'number' }]
        : [];
    return [...here, ...searchSchema(property, at)];
  });
}

function getValueAt(args: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? getOwn(value, key) : undefined), args);
}

/** The text that a client must put into the header; `undefined` for a value that it must leave out. */
function toHeaderText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || (Number.isInteger(value) && !Number.isSafeInteger(value))) return undefined;
  return String(value);
}
