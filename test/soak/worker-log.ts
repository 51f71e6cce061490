/** The log of the workers: which process ran which task, and when its run ended. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

interface LogLine {
  readonly at: number;
  readonly pid: number;
  readonly event: string;
  readonly task?: string;
}

/** The events that end a run. */
const RUN_END_EVENTS: ReadonlySet<string> = new Set([
  'task.parked',
  'task.ended',
  'task.handedOver',
  'run.lost',
  'run.superseded',
]);

export class WorkerLog {
  readonly #file: string;
  #offset = 0;
  #incompleteLine = '';
  readonly #lines: LogLine[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Continues to read where the last call stopped. */
  #readLines(): readonly LogLine[] {
    if (!existsSync(this.#file)) return this.#lines;
    const file = openSync(this.#file, 'r');
    const buffer = Buffer.alloc(1 << 16);
    for (;;) {
      const bytes = readSync(file, buffer, 0, buffer.length, this.#offset);
      if (bytes === 0) break;
      this.#offset += bytes;
      // Lines are ASCII: ids, names and figures.
      this.#incompleteLine += buffer.toString('latin1', 0, bytes);
    }
    closeSync(file);
    const lines = this.#incompleteLine.split('\n');
    this.#incompleteLine = lines.pop() ?? '';
    for (const line of lines) {
      const [, at, pid, json] = /^(\d+) (\d+) (\{.*\})$/.exec(line) ?? [];
      if (json)
        this.#lines.push({ ...(JSON.parse(json) as Omit<LogLine, 'at' | 'pid'>), at: Number(at), pid: Number(pid) });
    }
    return this.#lines;
  }

  /** The task that a process runs, by its log: the last one that it started and that has not ended since. */
  findHeldTask(pid: number): string | undefined {
    const own = this.#readLines().filter((line) => line.pid === pid && line.task !== undefined);
    const started = own.findLast(({ event }) => event === 'run.started');
    if (!started) return undefined;
    const after = own.slice(own.indexOf(started) + 1);
    if (after.some(({ event, task }) => task === started.task && RUN_END_EVENTS.has(event))) return undefined;
    const last = this.#lines.findLast(({ event, task }) => event === 'run.started' && task === started.task);
    return last === started ? started.task : undefined;
  }

  /** When a run of the task first started after `time` (ms since the epoch). */
  findRunStartAfter(task: string, time: number): number | undefined {
    return this.#readLines().find((line) => line.event === 'run.started' && line.task === task && line.at > time)?.at;
  }

  /** How often an event was logged, by task. */
  countEvents(event: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const line of this.#readLines())
      if (line.event === event && line.task !== undefined) counts.set(line.task, (counts.get(line.task) ?? 0) + 1);
    return counts;
  }
}
