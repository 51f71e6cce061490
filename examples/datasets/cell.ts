/** Classifies one cell by its text alone. */

/** From narrow to wide; a column's type is the narrowest one that fits all its cells. */
export type ValueType = 'boolean' | 'integer' | 'number' | 'date' | 'string';

export type Cell =
  | { readonly type: 'integer' | 'number'; readonly number: number }
  | { readonly type: 'date' /** ms since the epoch, UTC */; readonly time: number }
  | { readonly type: 'boolean' | 'string' };

/** No number or date is longer (characters): a longer cell is text without further checks. */
const MAX_VALUE_LENGTH = 64;

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** "00501" is a name written in digits: as a number it would lose its zeros. */
const LEADING_ZERO = /^[+-]?0\d/;
const BOOLEAN = /^(?:true|false)$/i;
const YEAR_FIRST =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const MONTH_FIRST = /^([A-Z][a-z]{2})[a-z]* (\d{1,2}),? (\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param text of a cell that is not empty, without surrounding space */
export function parseCell(text: string): Cell {
  if (text.length > MAX_VALUE_LENGTH) return { type: 'string' };
  if (BOOLEAN.test(text)) return { type: 'boolean' };
  if (NUMBER.test(text) && !LEADING_ZERO.test(text)) return parseNumberCell(text);
  const time = parseDate(text);
  return time === undefined ? { type: 'string' } : { type: 'date', time };
}

function parseNumberCell(text: string): Cell {
  const number = Number(text);
  if (!INTEGER.test(text)) return Number.isFinite(number) ? { type: 'number', number } : { type: 'string' };
  // An integer that a number cannot hold exactly is a name as well.
  return Number.isSafeInteger(number) ? { type: 'integer', number } : { type: 'string' };
}

/**
 * Dates with the year first (ISO 8601 and its common relatives) and "Jan 31 2000". "01/02/2000" is left as text,
 * because day and month cannot be distinguished. No offset means UTC.
 *
 * @returns ms since the epoch
 */
function parseDate(text: string): number | undefined {
  const iso = YEAR_FIRST.exec(text);
  if (iso) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', offset] = iso;
    const midnight = toUtcMidnight(Number(year), Number(month), Number(day));
    if (midnight === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
    const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) + Number(fraction);
    return midnight + Math.round(seconds * 1000) - parseOffsetMs(offset);
  }
  const named = MONTH_FIRST.exec(text);
  const month = MONTHS.indexOf(named?.[1] ?? '') + 1;
  return named && month > 0 ? toUtcMidnight(Number(named[3]), month, Number(named[2])) : undefined;
}

/** Midnight UTC; undefined for a day that does not exist, which `Date.UTC` would carry into the next month. */
function toUtcMidnight(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

function parseOffsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}
