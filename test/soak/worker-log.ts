/** Reads the log of the processes: which process claimed which task, and when its run ended. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

interface LogLine {
  readonly at: number;
  readonly pid: number;
  readonly event: string;
  readonly task?: string;
}

/** Events that a run logs when it has ended. */
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
  #rest = '';
  readonly #lines: LogLine[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Continues where the last call ended. */
  #readLines(): readonly LogLine[] {
    if (!existsSync(this.#file)) return this.#lines;
    const file = openSync(this.#file, 'r');
    const buffer = Buffer.alloc(1 << 16);
    for (;;) {
      const bytes = readSync(file, buffer, 0, buffer.length, this.#offset);
      if (bytes === 0) break;
      this.#offset += bytes;
      // Lines are ASCII: ids, names and figures.
      this.#rest += buffer.toString('latin1', 0, bytes);
    }
    closeSync(file);
    const whole = this.#rest.split('\n');
    this.#rest = whole.pop() ?? '';
    for (const line of whole) {
      const [, at, pid, json] = /^(\d+) (\d+) (\{.*\})$/.exec(line) ?? [];
      if (json)
        this.#lines.push({ ...(JSON.parse(json) as Omit<LogLine, 'at' | 'pid'>), at: Number(at), pid: Number(pid) });
    }
    return this.#lines;
  }

  /** The task of the last run that the process started, unless the process logged that the run has ended. */
  findHeldTask(pid: number): string | undefined {
    const lines = this.#readLines().filter((line) => line.pid === pid && line.task !== undefined);
    const started = lines.findLast(({ event }) => event === 'run.started');
    if (!started) return undefined;
    const after = lines.slice(lines.indexOf(started) + 1);
    if (after.some(({ event, task }) => task === started.task && RUN_END_EVENTS.has(event))) return undefined;
    const last = this.#lines.findLast(({ event, task }) => event === 'run.started' && task === started.task);
    return last === started ? started.task : undefined;
  }

  /** When the first run of a task after a moment started (both ms since the epoch). */
  findRunStartAfter(task: string, moment: number): number | undefined {
    return this.#readLines().find((line) => line.event === 'run.started' && line.task === task && line.at > moment)?.at;
  }

  /** How often an event was logged, by task. */
  countEvents(event: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const line of this.#readLines())
      if (line.event === event && line.task !== undefined) counts.set(line.task, (counts.get(line.task) ?? 0) + 1);
    return counts;
  }
}
