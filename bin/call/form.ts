/**
 * An elicitation form: MCP's restricted JSON Schema (flat; strings, numbers, booleans, choices) as a list of
 * fields, and what somebody types read as the field's value.
 */

export type FieldValue = string | number | boolean | readonly string[];

export interface FieldChoice {
  readonly value: string;
  readonly title: string;
}

export interface FormField {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly required: boolean;
  readonly default?: FieldValue;
  readonly kind: 'string' | 'number' | 'integer' | 'boolean' | 'choice' | 'choices';
  /** For `choice` and `choices`. */
  readonly choices: readonly FieldChoice[];
  /** Bounds: of the number, of the text's length, or of how many are chosen. */
  readonly min?: number;
  readonly max?: number;
  readonly format?: string;
}

/** What was typed does not fit the field; the message says why. */
export class InvalidFieldValue extends Error {
  override readonly name = 'DoesNotFit';
}

type FieldSchema = Record<string, unknown>;

const isFieldSchema = (value: unknown): value is FieldSchema =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const toOptionalText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const toOptionalNumber = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** The fields of a `requestedSchema`, in its order. */
export function parseFormSchema(requestedSchema: unknown): FormField[] {
  if (!isFieldSchema(requestedSchema) || !isFieldSchema(requestedSchema.properties)) return [];
  const required = Array.isArray(requestedSchema.required) ? requestedSchema.required : [];
  return Object.entries(requestedSchema.properties).map(([name, schema]) =>
    parseFormField(name, isFieldSchema(schema) ? schema : {}, required.includes(name)),
  );
}

function parseFormField(name: string, schema: FieldSchema, required: boolean): FormField {
  const title = toOptionalText(schema.title);
  const description = toOptionalText(schema.description);
  const format = toOptionalText(schema.format);
  const kind = toFieldKind(schema);
  const [least, most] =
    kind === 'choices'
      ? ['minItems', 'maxItems']
      : kind === 'string'
        ? ['minLength', 'maxLength']
        : ['minimum', 'maximum'];
  const min = toOptionalNumber(schema[least as string]);
  const max = toOptionalNumber(schema[most as string]);
  return {
    name,
    required,
    kind,
    choices: parseFieldChoices(kind === 'choices' && isFieldSchema(schema.items) ? schema.items : schema),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(schema.default !== undefined && { default: schema.default as FieldValue }),
  };
}

function toFieldKind(schema: FieldSchema): FormField['kind'] {
  if (schema.type === 'array') return 'choices';
  if (Array.isArray(schema.enum) || Array.isArray(schema.oneOf)) return 'choice';
  if (schema.type === 'boolean' || schema.type === 'integer' || schema.type === 'number') return schema.type;
  return 'string';
}

/** `enum`, with or without the older `enumNames`; or `expectOneOf` / `anyOf` of constants with titles. */
function parseFieldChoices(schema: FieldSchema): FieldChoice[] {
  const titled = [schema.oneOf, schema.anyOf].find(Array.isArray) as unknown[] | undefined;
  if (titled)
    return titled.filter(isFieldSchema).map((choice) => ({
      value: String(choice.const),
      title: toOptionalText(choice.title) ?? String(choice.const),
    }));
  if (!Array.isArray(schema.enum)) return [];
  const names = Array.isArray(schema.enumNames) ? schema.enumNames : [];
  return schema.enum.map((value, index) => ({
    value: String(value),
    title: toOptionalText(names[index]) ?? String(value),
  }));
}

/**
 * Read what was typed as the field's value.
 * @param numbered whether a choice may be named by its place in the list, as at the prompt
 * @throws InvalidFieldValue
 */
export function parseFieldValue(field: FormField, typed: string, numbered = false): FieldValue {
  switch (field.kind) {
    case 'boolean':
      return parseBoolean(typed);
    case 'number':
    case 'integer':
      return parseFieldNumber(field, typed);
    case 'choice':
      return parseChoice(field, typed, numbered);
    case 'choices':
      return parseChoices(field, typed, numbered);
    default:
      return checkBounds(field, typed, [...typed].length, 'characters');
  }
}

function parseBoolean(typed: string): boolean {
  if (/^(y|yes|true|1)$/i.test(typed.trim())) return true;
  if (/^(n|no|false|0)$/i.test(typed.trim())) return false;
  throw new InvalidFieldValue('Answer yes or no.');
}

function parseFieldNumber(field: FormField, typed: string): number {
  const value = typed.trim() === '' ? Number.NaN : Number(typed);
  if (!Number.isFinite(value)) throw new InvalidFieldValue('That is not a number.');
  if (field.kind === 'integer' && !Number.isInteger(value)) throw new InvalidFieldValue('That is not a whole number.');
  return checkBounds(field, value, value);
}

function parseChoice(field: FormField, typed: string, numbered: boolean): string {
  const wanted = typed.trim();
  const { choices } = field;
  const found =
    choices.find(({ value }) => value === wanted) ??
    choices.find(({ title }) => title.toLowerCase() === wanted.toLowerCase()) ??
    (numbered && /^\d+$/.test(wanted) ? choices[Number(wanted) - 1] : undefined);
  if (found) return found.value;
  throw new InvalidFieldValue(
    `${JSON.stringify(wanted)} is not one of: ${choices.map(({ value }) => value).join(', ')}.`,
  );
}

function parseChoices(field: FormField, typed: string, numbered: boolean): string[] {
  const chosen = field.choices.some(({ value }) => value === typed) ? [typed] : splitChoices(typed);
  const values = [...new Set(chosen.map((one) => parseChoice(field, one, numbered)))];
  return checkBounds(field, values, values.length, 'choices');
}

function splitChoices(typed: string): string[] {
  if (typed.trimStart().startsWith('[')) {
    try {
      return (JSON.parse(typed) as unknown[]).map(String);
    } catch {
      throw new InvalidFieldValue('That is not a JSON array.');
    }
  }
  return typed.split(',').filter((part) => part.trim() !== '');
}

function checkBounds<V>(field: FormField, value: V, size: number, of = ''): V {
  const what = of && ` ${of}`;
  if (field.min !== undefined && size < field.min) throw new InvalidFieldValue(`At least ${field.min}${what}.`);
  if (field.max !== undefined && size > field.max) throw new InvalidFieldValue(`At most ${field.max}${what}.`);
  return value;
}
