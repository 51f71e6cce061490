/** Finds the columns that look personal, by their header and by their cells. */
import { type CsvReadOptions, type CsvSource, readColumns, readRows } from './csv.ts';

export interface PersonalColumn {
  readonly column: string;
  readonly kind: PersonalDataKind;
  /** For the person who decides. */
  readonly reason: string;
}

type PersonalDataKind = 'name' | 'email' | 'phone' | 'address' | 'date' | 'id' | 'coordinate' | 'trait';

/**
 * Rules on a header's words, joined by single spaces ("first_name" and "firstName" are "first name"); the first
 * match decides. They err on the side of asking: a person makes the choice.
 */
const HEADER_RULES: readonly (readonly [PersonalDataKind, RegExp])[] = [
  ['email', /\be ?mail\b/],
  ['phone', /\b(phone|telephone|tel|mobile|fax)\b/],
  ['date', /\b(birth|birthday|birthdate|dob|born|death|died|deceased)\b/],
  ['name', /\b(first|last|full|given|family|middle|maiden|user|sur) ?name\b|^(name|person|contact|customer|patient)$/],
  ['coordinate', /^(lat|latitude|lon|lng|long|longitude|coordinates?|geo ?location)$/],
  ['id', /\b(ssn|social security|passport|iban|tax id|national id|driver s? ?licen[cs]e|ip)\b/],
  ['id', /\b(user|customer|person|patient|employee|member|account|client) ?(id|number|no)\b/],
  ['address', /\b(address|street|zip|zip ?code|post ?code|postal code)\b/],
  ['trait', /\b(gender|sex|race|ethnicity|religion|nationality|age)\b/],
];

/** Rules on a cell. Each takes time linear in the cell's length. */
const CELL_RULES: readonly (readonly [PersonalDataKind, string, RegExp])[] = [
  ['email', 'e-mail addresses', /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/],
  ['phone', 'phone numbers', /^(\+\d[\d ().-]{6,18}\d|\(\d{3}\) ?\d{3}-\d{4}|\d{3}[-. ]\d{3}[-. ]\d{4})$/],
  ['id', 'social security numbers', /^\d{3}-\d{2}-\d{4}$/],
  ['id', 'IP addresses', /^(\d{1,3}\.){3}\d{1,3}$/],
  ['address', 'street addresses', /^\d{1,5} \S.* (st|street|ave|avenue|blvd|boulevard|rd|road|ln|lane|dr|drive)\.?$/i],
];

/** A column is of a kind when this share of its cells (not counting empty ones) match it. */
const MIN_MATCH_SHARE = 0.5;
/** No address, number or mailbox is longer (characters): a longer cell is not tested. */
const MAX_CELL_LENGTH = 200;

/** @throws CsvProblem when the input is not valid CSV; the reason of `options.signal` when it aborts */
export async function findPersonalColumns(csv: CsvSource, options: CsvReadOptions = {}): Promise<PersonalColumn[]> {
  const columns = await readColumns(csv);
  const filled = columns.map(() => 0);
  const matches = columns.map(() => CELL_RULES.map(() => 0));
  for await (const row of readRows(csv, options)) {
    for (const [at, cell] of row.entries()) {
      const text = cell.trim();
      if (text === '') continue;
      filled[at] = (filled[at] ?? 0) + 1;
      const rule = text.length > MAX_CELL_LENGTH ? -1 : CELL_RULES.findIndex(([, , pattern]) => pattern.test(text));
      const counts = matches[at];
      if (rule >= 0 && counts) counts[rule] = (counts[rule] ?? 0) + 1;
    }
  }
  return columns.flatMap(
    (column, at) => classifyByHeader(column) ?? classifyByCells(column, matches[at] ?? [], filled[at] ?? 0) ?? [],
  );
}

function classifyByHeader(column: string): PersonalColumn | undefined {
  const rule = HEADER_RULES.find(([, pattern]) => pattern.test(splitWords(column)));
  return rule && { column, kind: rule[0], reason: 'its header says so' };
}

function classifyByCells(column: string, matches: readonly number[], filled: number): PersonalColumn | undefined {
  const rule = CELL_RULES.findIndex((_, at) => filled > 0 && (matches[at] ?? 0) / filled >= MIN_MATCH_SHARE);
  const found = CELL_RULES[rule];
  if (!found) return undefined;
  const [kind, description] = found;
  return { column, kind, reason: `${matches[rule]} of ${filled} cells look like ${description}` };
}

/** "firstName", "first_name" and "First-Name" become "first name". */
const splitWords = (header: string): string =>
  header
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
