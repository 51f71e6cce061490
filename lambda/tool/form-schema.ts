/** MCP's restricted JSON Schema for elicitation forms, made from a Standard Schema. */
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { ToolBroken } from './errors.ts';

/** Keywords that a form's property may have (MCP, Elicitation, Requested Schema). */
// biome-ignore format: a list of names reads better packed
const FORM_PROPERTY_KEYS = new Set([
  'type', 'title', 'description', 'default', 'enum', 'enumNames', 'oneOf', 'const', 'format', 'items', 'anyOf',
  'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'uniqueItems',
]);
const FORM_FORMATS = new Set(['email', 'uri', 'date', 'date-time']);
const FORM_PRIMITIVES = new Set(['string', 'number', 'integer', 'boolean']);

type JsonSchema = Record<string, unknown>;

/**
 * The `requestedSchema` that is sent to a client. Keywords that forms do not have (`pattern`, other formats) are left
 * out but still hold: the answer is checked against the schema itself.
 *
 * @throws ToolBroken when the schema cannot be a form: nested objects, lists of anything but choices
 */
export function buildFormSchema(schema: StandardSchemaWithJSON): JsonSchema {
  const json = schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as JsonSchema;
  if (json.type !== 'object')
    throw new ToolBroken('The schema of an elicitation form must be an object of named fields.');
  const properties = Object.entries((json.properties ?? {}) as Record<string, JsonSchema>);
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(([name, property]) => [name, buildFormProperty(name, property)])),
    ...(Array.isArray(json.required) && json.required.length > 0 && { required: json.required }),
  };
}

function buildFormProperty(name: string, property: JsonSchema): JsonSchema {
  if (property.type === 'array')
    return pickFormKeywords({ ...property, items: buildChoiceItems(name, property.items as JsonSchema) });
  if (property.const !== undefined && typeof property.const === 'string')
    return pickFormKeywords({ ...property, const: undefined, enum: [property.const] });
  if (typeof property.type !== 'string' || !FORM_PRIMITIVES.has(property.type))
    throw new ToolBroken(
      `Form field ${JSON.stringify(name)} is ${JSON.stringify(property.type ?? 'of mixed types')}: it must be text, a number, yes/no or a choice.`,
    );
  return pickFormKeywords(property);
}

/** A multiple choice: its items list the values (`enum`, or `anyOf` with titles). */
function buildChoiceItems(name: string, items: JsonSchema | undefined): JsonSchema {
  if (items && (Array.isArray(items.enum) || Array.isArray(items.anyOf) || typeof items.const === 'string'))
    return typeof items.const === 'string' ? { type: 'string', enum: [items.const] } : items;
  throw new ToolBroken(`Form field ${JSON.stringify(name)} is a list: it must be a list of choices from an enum.`);
}

/** zod writes the safe-integer range into every `int()`; a form needs no such bounds. */
const isSafeIntegerBound = (key: string, value: unknown): boolean =>
  (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) || (key === 'maximum' && value === Number.MAX_SAFE_INTEGER);

function pickFormKeywords(property: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(property).filter(
      ([key, value]) =>
        FORM_PROPERTY_KEYS.has(key) &&
        value !== undefined &&
        !isSafeIntegerBound(key, value) &&
        (key !== 'format' || FORM_FORMATS.has(String(value))),
    ),
  );
}
