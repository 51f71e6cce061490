/** MCP's restricted JSON Schema for elicitation forms, made from a Standard Schema. */
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { ToolBroken } from './errors.ts';

/** What a form's property may say (MCP, Elicitation, Requested Schema). */
const PROPERTY_KEYS = new Set([
  ...['type', 'title', 'description', 'default', 'enum', 'enumNames', 'oneOf', 'const', 'format', 'items', 'anyOf'],
  ...['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'uniqueItems'],
]);
const FORMATS = new Set(['email', 'uri', 'date', 'date-time']);
const PRIMITIVES = new Set(['string', 'number', 'integer', 'boolean']);

type JsonObject = Record<string, unknown>;

/**
 * The `requestedSchema` that a client is sent. Keywords that forms do not have (`pattern`, foreign formats) are
 * left out here and still hold: the answer is checked against the schema itself.
 *
 * @throws ToolBroken when the schema cannot be a form: nested objects, lists of anything but choices
 */
export function formSchema(schema: StandardSchemaWithJSON): JsonObject {
  const json = schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as JsonObject;
  if (json.type !== 'object') throw new ToolBroken('An elicitation form is an object of named fields.');
  const properties = Object.entries((json.properties ?? {}) as Record<string, JsonObject>);
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(([name, property]) => [name, formProperty(name, property)])),
    ...(Array.isArray(json.required) && json.required.length > 0 && { required: json.required }),
  };
}

function formProperty(name: string, property: JsonObject): JsonObject {
  if (property.type === 'array') return pick({ ...property, items: choices(name, property.items as JsonObject) });
  if (property.const !== undefined && typeof property.const === 'string')
    return pick({ ...property, const: undefined, enum: [property.const] });
  if (typeof property.type !== 'string' || !PRIMITIVES.has(property.type))
    throw new ToolBroken(
      `Form field ${JSON.stringify(name)} is ${JSON.stringify(property.type ?? 'of mixed types')}: a form holds text, numbers, yes/no and choices only.`,
    );
  return pick(property);
}

/** A multiple choice: its items say which values there are (`enum`, or `anyOf` with titles). */
function choices(name: string, items: JsonObject | undefined): JsonObject {
  if (items && (Array.isArray(items.enum) || Array.isArray(items.anyOf) || typeof items.const === 'string'))
    return typeof items.const === 'string' ? { type: 'string', enum: [items.const] } : items;
  throw new ToolBroken(`Form field ${JSON.stringify(name)} is a list: a form's lists are choices from an enum.`);
}

/** zod writes the safe-integer range into every `int()`; a form needs no such bounds. */
const isSafeBound = (key: string, value: unknown): boolean =>
  (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) || (key === 'maximum' && value === Number.MAX_SAFE_INTEGER);

const pick = (property: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(property).filter(
      ([key, value]) =>
        PROPERTY_KEYS.has(key) &&
        value !== undefined &&
        !isSafeBound(key, value) &&
        (key !== 'format' || FORMATS.has(String(value))),
    ),
  );
