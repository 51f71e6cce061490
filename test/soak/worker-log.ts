/** What the processes wrote into their log: who took which task up, and when its run ended. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

interface LogLine {
  readonly at: number;
  readonly pid: number;
  readonly event: string;
  readonly task?: string;
}

/** With these a run says that it has ended. */
const RUN_END_EVENTS: ReadonlySet<string> = new Set([
  ...['task.parked', 'task.ended', 'task.handedOver', 'run.lost', 'run.superseded'],
]);

export class WorkerLog {
  readonly #file: string;
  #offset = 0;
  #rest = '';
  readonly #lines: LogLine[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Read on from where the last reading ended. */
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

  /** The task that a process had taken up last and had not said to be through with. */
  findHeldTask(pid: number): string | undefined {
    const mine = this.#readLines().filter((line) => line.pid === pid && line.task !== undefined);
    const started = mine.findLast(({ event }) => event === 'run.started');
    if (!started) return undefined;
    const after = mine.slice(mine.indexOf(started) + 1);
    if (after.some(({ event, task }) => task === started.task && RUN_END_EVENTS.has(event))) return undefined;
    const last = this.#lines.findLast(({ event, task }) => event === 'run.started' && task === started.task);
    return last === started ? started.task : undefined;
  }

  /** When a task was first taken up after a moment (ms since the epoch). */
  findRunStartAfter(task: string, moment: number): number | undefined {
    return this.#readLines().find((line) => line.event === 'run.started' && line.task === task && line.at > moment)?.at;
  }

  /** How often an event was logged, by task. */
  countEvents(event: string): ReadonlyMap<string, number> {
    const times = new Map<string, number>();
    for (const line of this.#readLines())
      if (line.event === event && line.task !== undefined) times.set(line.task, (times.get(line.task) ?? 0) + 1);
    return times;
  }
}
