/** The runbook covers what there is: an alarm, an event or a command that it lacks does not help the engineer on call. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTasksArguments } from '../../bin/tasks/arguments.ts';
import { METRICS } from '../../lambda/observe/metrics.ts';
import { synthesizeFixture } from '../support/template.ts';

const runbook = readFileSync('docs/operations.md', 'utf8');
const findSection = (title: string) => runbook.split(/^## /m).find((each) => each.startsWith(title)) ?? '';

describe('the runbook', () => {
  test('has a chapter for every alarm: meaning, where to look, what to do', () => {
    const names = Object.keys(synthesizeFixture().findResources('AWS::CloudWatch::Alarm')).map((id) =>
      id.replace(/^Mcp(.*)Alarm[0-9A-F]{8}$/, '$1'),
    );
    const chapters = findSection('The alarms').split(/^### /m);
    for (const name of names) {
      const chapter = chapters.find((each) => each.startsWith(`${name}\n`)) ?? '';
      for (const part of ['**Means.**', '**Look.**', '**Do.**']) expect(chapter, name).toContain(part);
    }
  });

  test('explains every event that the functions log, and no other', () => {
    const sources = readdirSync('lambda', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('observe'))
      .map((name) => readFileSync(join('lambda', name), 'utf8'));
    const logged = sources.flatMap((text) =>
      [...text.matchAll(/\blog\(([^;]{0,80}?)[,{]/g)].flatMap(([, first = '']) =>
        [...first.matchAll(/'([a-z]\w*\.[a-z]\w*)'/gi)].map(([, name]) => name),
      ),
    );
    expect(logged.length).toBeGreaterThan(20);
    const explained = [...findSection("A task's life in the logs").matchAll(/^\| (`[^|]*) \|/gm)].flatMap(
      ([, names = '']) => [...names.matchAll(/`([\w.]+)`/g)].map(([, name]) => name),
    );
    expect([...new Set(explained)].sort()).toEqual([...new Set(logged)].sort());
  });

  test('lists every metric with its unit', () => {
    const rows = Object.entries(METRICS).map(
      ([name, { unit, perTool }]) =>
        `| \`${name}\` | ${unit === 'Count' ? 'count' : 'ms'} | ${perTool ? 'yes' : 'no'} |`,
    );
    for (const row of rows) expect(findSection('Metrics')).toContain(row);
  });

  test('has only commands that the command line accepts', () => {
    const commands = [...runbook.matchAll(/^(?:\$ )?npm run tasks -- (.*)$/gm)].map(([, line = '']) =>
      line.replace(/#.*/, '').trim().split(/\s+/),
    );
    expect(commands.length).toBeGreaterThan(10);
    for (const args of commands)
      expect(() => parseTasksArguments(args, { TABLE_NAME: 't' }), args.join(' ')).not.toThrow();
  });

  test('links only to headings that exist', () => {
    const headings = [...runbook.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of runbook.matchAll(/\]\(#([^)]*)\)/g)) expect(headings).toContain(anchor);
  });
});
