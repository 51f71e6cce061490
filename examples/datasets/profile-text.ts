/** Formats a profile for people. */
import type { ColumnProfile } from './column.ts';
import type { CsvProfile } from './profile.ts';

const HEADINGS = ['column', 'type', 'nulls', 'distinct', 'min', 'median', 'max', 'most frequent'] as const;

/** A Markdown table, one line per column; "~" marks estimates. */
export function formatProfile({ source, rows, bytes, columns }: CsvProfile): string {
  const lines = [[...HEADINGS], ...columns.map(formatCells)].map((cells) => cells.map(escapeCell));
  const widths = HEADINGS.map((_, at) => Math.max(3, ...lines.map((cells) => cells[at]?.length ?? 0)));
  const table = [lines[0] as string[], widths.map((width) => '-'.repeat(width)), ...lines.slice(1)].map(
    (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] as number)).join(' | ')} |`,
  );
  const title = `${source}: ${formatCount(rows)} rows, ${columns.length} columns, ${formatCount(bytes)} bytes`;
  return [title, '', ...table].join('\n');
}

function formatCells({ name, type, nulls, distinct, top, numbers, dates }: ColumnProfile): string[] {
  const median = numbers ? `${numbers.approximate ? '~' : ''}${formatNumber(numbers.quantiles.p50)}` : '';
  return [
    name,
    type,
    formatCount(nulls),
    `${distinct.approximate ? '~' : ''}${formatCount(distinct.count)}`,
    numbers ? formatNumber(numbers.min) : (dates?.earliest ?? ''),
    median,
    numbers ? formatNumber(numbers.max) : (dates?.latest ?? ''),
    top.values
      .slice(0, 3)
      .map((entry) => `${truncateValue(entry.value)} (${top.approximate ? '~' : ''}${formatCount(entry.count)})`)
      .join(', '),
  ];
}

const formatCount = (value: number): string => value.toLocaleString('en-US');
const formatNumber = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
const truncateValue = (value: string): string => (value.length > 24 ? `${value.slice(0, 23)}…`.toWellFormed() : value);

/** Line ends, and the bar that ends a cell, would break the table. */
const escapeCell = (cell: string): string => cell.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
