/**
 * An elicitation form: MCP's restricted JSON Schema (flat; strings, numbers, booleans, choices) as a list of
 * fields, and what somebody types read as the field's value.
 */

export type FieldValue = string | number | boolean | readonly string[];

export interface Choice {
  readonly value: string;
  readonly title: string;
}

export interface Field {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly required: boolean;
  readonly default?: FieldValue;
  readonly kind: 'string' | 'number' | 'integer' | 'boolean' | 'choice' | 'choices';
  /** For `choice` and `choices`. */
  readonly choices: readonly Choice[];
  /** Bounds: of the number, of the text's length, or of how many are chosen. */
  readonly min?: number;
  readonly max?: number;
  readonly format?: string;
}

/** What was typed does not fit the field; the message says why. */
export class DoesNotFit extends Error {
  override readonly name = 'DoesNotFit';
}

type Schema = Record<string, unknown>;

const isSchema = (value: unknown): value is Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** The fields of a `requestedSchema`, in its order. */
export function fieldsOf(requestedSchema: unknown): Field[] {
  if (!isSchema(requestedSchema) || !isSchema(requestedSchema.properties)) return [];
  const required = Array.isArray(requestedSchema.required) ? requestedSchema.required : [];
  return Object.entries(requestedSchema.properties).map(([name, schema]) =>
    fieldOf(name, isSchema(schema) ? schema : {}, required.includes(name)),
  );
}

function fieldOf(name: string, schema: Schema, required: boolean): Field {
  const title = text(schema.title);
  const description = text(schema.description);
  const format = text(schema.format);
  const kind = kindOf(schema);
  const [least, most] =
    kind === 'choices'
      ? ['minItems', 'maxItems']
      : kind === 'string'
        ? ['minLength', 'maxLength']
        : ['minimum', 'maximum'];
  const min = number(schema[least as string]);
  const max = number(schema[most as string]);
  return {
    name,
    required,
    kind,
    choices: choicesOf(kind === 'choices' && isSchema(schema.items) ? schema.items : schema),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(schema.default !== undefined && { default: schema.default as FieldValue }),
  };
}

function kindOf(schema: Schema): Field['kind'] {
  if (schema.type === 'array') return 'choices';
  if (Array.isArray(schema.enum) || Array.isArray(schema.oneOf)) return 'choice';
  if (schema.type === 'boolean' || schema.type === 'integer' || schema.type === 'number') return schema.type;
  return 'string';
}

/** `enum`, with or without the older `enumNames`; or `oneOf` / `anyOf` of constants with titles. */
function choicesOf(schema: Schema): Choice[] {
  const titled = [schema.oneOf, schema.anyOf].find(Array.isArray) as unknown[] | undefined;
  if (titled)
    return titled.filter(isSchema).map((choice) => ({
      value: String(choice.const),
      title: text(choice.title) ?? String(choice.const),
    }));
  if (!Array.isArray(schema.enum)) return [];
  const names = Array.isArray(schema.enumNames) ? schema.enumNames : [];
  return schema.enum.map((value, index) => ({ value: String(value), title: text(names[index]) ?? String(value) }));
}

/**
 * Read what was typed as the field's value.
 * @param numbered whether a choice may be named by its place in the list, as at the prompt
 * @throws DoesNotFit
 */
export function readValue(field: Field, typed: string, numbered = false): FieldValue {
  switch (field.kind) {
    case 'boolean':
      return readBoolean(typed);
    case 'number':
    case 'integer':
      return readNumber(field, typed);
    case 'choice':
      return readChoice(field, typed, numbered);
    case 'choices':
      return readChoices(field, typed, numbered);
    default:
      return bounded(field, typed, [...typed].length, 'characters');
  }
}

function readBoolean(typed: string): boolean {
  if (/^(y|yes|true|1)$/i.test(typed.trim())) return true;
  if (/^(n|no|false|0)$/i.test(typed.trim())) return false;
  throw new DoesNotFit('Answer yes or no.');
}

function readNumber(field: Field, typed: string): number {
  const value = typed.trim() === '' ? Number.NaN : Number(typed);
  if (!Number.isFinite(value)) throw new DoesNotFit('That is not a number.');
  if (field.kind === 'integer' && !Number.isInteger(value)) throw new DoesNotFit('That is not a whole number.');
  return bounded(field, value, value);
}

function readChoice(field: Field, typed: string, numbered: boolean): string {
  const wanted = typed.trim();
  const { choices } = field;
  const found =
    choices.find(({ value }) => value === wanted) ??
    choices.find(({ title }) => title.toLowerCase() === wanted.toLowerCase()) ??
    (numbered && /^\d+$/.test(wanted) ? choices[Number(wanted) - 1] : undefined);
  if (found) return found.value;
  throw new DoesNotFit(`${JSON.stringify(wanted)} is not one of: ${choices.map(({ value }) => value).join(', ')}.`);
}

function readChoices(field: Field, typed: string, numbered: boolean): string[] {
  const chosen = field.choices.some(({ value }) => value === typed) ? [typed] : readList(typed);
  const values = [...new Set(chosen.map((one) => readChoice(field, one, numbered)))];
  return bounded(field, values, values.length, 'choices');
}

function readList(typed: string): string[] {
  if (typed.trimStart().startsWith('[')) {
    try {
      return (JSON.parse(typed) as unknown[]).map(String);
    } catch {
      throw new DoesNotFit('That is not a JSON array.');
    }
  }
  return typed.split(',').filter((part) => part.trim() !== '');
}

function bounded<V>(field: Field, value: V, size: number, of = ''): V {
  const what = of && ` ${of}`;
  if (field.min !== undefined && size < field.min) throw new DoesNotFit(`At least ${field.min}${what}.`);
  if (field.max !== undefined && size > field.max) throw new DoesNotFit(`At most ${field.max}${what}.`);
  return value;
}
