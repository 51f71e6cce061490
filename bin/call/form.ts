/**
 * Elicitation forms: turns MCP's restricted JSON Schema (flat; strings, numbers, booleans, choices) into a list of
 * fields, and a typed answer into a field's value.
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
  /** Of `choice` and `choices`; otherwise empty. */
  readonly choices: readonly FieldChoice[];
  /** Bounds of the number, of the text's length (characters), or of the number of choices. */
  readonly min?: number;
  readonly max?: number;
  readonly format?: string;
}

/** The typed answer does not fit the field; the message says what it must be. */
export class InvalidFieldValue extends Error {
  override readonly name = 'InvalidFieldValue';
}

type FieldSchema = Record<string, unknown>;

const isFieldSchema = (value: unknown): value is FieldSchema =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const toOptionalText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const toOptionalNumber = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** The fields of a `requestedSchema`, in its order; none for a malformed schema. */
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
  const [minKey, maxKey] =
    kind === 'choices'
      ? ['minItems', 'maxItems']
      : kind === 'string'
        ? ['minLength', 'maxLength']
        : ['minimum', 'maximum'];
  const min = toOptionalNumber(schema[minKey as string]);
  const max = toOptionalNumber(schema[maxKey as string]);
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

/** `enum`, with or without the older `enumNames`; or `oneOf` / `anyOf` of constants with titles. */
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
 * Read a typed answer as the field's value.
 *
 * @param numbered whether a choice may be given by its number in the list, as at the prompt
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
      return checkBounds(field, typed, [...typed].length, 'The number of characters');
  }
}

function parseBoolean(typed: string): boolean {
  if (/^(y|yes|true|1)$/i.test(typed.trim())) return true;
  if (/^(n|no|false|0)$/i.test(typed.trim())) return false;
  throw new InvalidFieldValue('The answer must be yes or no.');
}

function parseFieldNumber(field: FormField, typed: string): number {
  const value = typed.trim() === '' ? Number.NaN : Number(typed);
  if (!Number.isFinite(value)) throw new InvalidFieldValue('The answer must be a number.');
  if (field.kind === 'integer' && !Number.isInteger(value))
    throw new InvalidFieldValue('The answer must be a whole number.');
  return checkBounds(field, value, value, 'The answer');
}

function parseChoice(field: FormField, typed: string, numbered: boolean): string {
  const text = typed.trim();
  const { choices } = field;
  const found =
    choices.find(({ value }) => value === text) ??
    choices.find(({ title }) => title.toLowerCase() === text.toLowerCase()) ??
    (numbered && /^\d+$/.test(text) ? choices[Number(text) - 1] : undefined);
  if (found) return found.value;
  throw new InvalidFieldValue(
    `The choice must be one of: ${choices.map(({ value }) => value).join(', ')} (not ${JSON.stringify(text)}).`,
  );
}

function parseChoices(field: FormField, typed: string, numbered: boolean): string[] {
  const chosen = field.choices.some(({ value }) => value === typed) ? [typed] : splitChoices(typed);
  const values = [...new Set(chosen.map((one) => parseChoice(field, one, numbered)))];
  return checkBounds(field, values, values.length, 'The number of choices');
}

function splitChoices(typed: string): string[] {
  if (typed.trimStart().startsWith('[')) {
    try {
      return (JSON.parse(typed) as unknown[]).map(String);
    } catch {
      throw new InvalidFieldValue('The choices must be a JSON array.');
    }
  }
  return typed.split(',').filter((part) => part.trim() !== '');
}

/** @param subject what `size` measures, as the subject of the message */
function checkBounds<V>({ min, max }: FormField, value: V, size: number, subject: string): V {
  if (min !== undefined && size < min) throw new InvalidFieldValue(`${subject} must be at least ${min}.`);
  if (max !== undefined && size > max) throw new InvalidFieldValue(`${subject} must be at most ${max}.`);
  return value;
}
