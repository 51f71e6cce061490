/** A world in which requests are numbered and named, and any one of them can be made to go wrong. */
import { seeded } from '../support/simulation/random.ts';
import { NO_FAULTS, type Process, World } from '../support/simulation/simulator.ts';
import type { Fault } from './faults.ts';

/** How long a request takes to its service, and an answer back (ms). */
const WAY_MS = 5;
/** After this the SDK takes an attempt for lost and makes another (ms); after three it gives up. */
const ATTEMPT_MS = 1_400;

/** Something that goes wrong in every run of a scenario: the n-th request of a name. */
export interface Given {
  readonly request: string;
  readonly nth: number;
  readonly fault: Fault;
}

/** A request (counted from 1, over all processes) that goes wrong in this run, and how. */
export interface CrashPoint {
  readonly request: number;
  readonly fault: Fault;
}

export class ScriptedWorld extends World {
  /** Every request so far, as `process: what`. The same scenario makes the same ones up to the first fault. */
  readonly requests: string[] = [];
  /** Requests that will still take effect although nobody waits for them any more. */
  underWay = 0;
  private readonly given: readonly Given[];
  private readonly points: readonly CrashPoint[];
  private naming = 'request';

  constructor(given: readonly Given[], points: readonly CrashPoint[]) {
    super(seeded(1), NO_FAULTS);
    this.given = given;
    this.points = points;
  }

  /** Make a call whose request is to be known by this name. */
  named<T>(name: string, call: () => T): T {
    this.naming = name;
    try {
      return call();
    } finally {
      this.naming = 'request';
    }
  }

  override request<T>(process: Process, effect: () => Promise<T>): Promise<T> {
    if (!process.alive) return new Promise(() => {});
    const name = `${process.name}: ${this.naming}`;
    const number = this.requests.push(name);
    const fault = this.points.find(({ request }) => request === number)?.fault ?? this.givenFor(name);
    return fault ? this.disturbed(process, effect, fault) : this.undisturbed(process, effect);
  }

  private givenFor(name: string): Fault | undefined {
    const candidates = this.given.filter(({ request }) => request === name);
    if (candidates.length === 0) return undefined;
    const times = this.requests.filter((request) => request === name).length;
    return candidates.find(({ nth }) => nth === times)?.fault;
  }

  private undisturbed<T>(process: Process, effect: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.at(WAY_MS, async () => {
        const settled = await effect().then(
          (value) => () => resolve(value),
          (error: unknown) => () => reject(error),
        );
        this.at(WAY_MS, () => this.resume(process, settled));
      });
    });
  }

  private disturbed<T>(process: Process, effect: () => Promise<T>, { lands, sender }: Fault): Promise<T> {
    process.disturbed = true;
    const end = () => {
      process.alive = false;
    };
    if (lands !== undefined) {
      this.underWay += 1;
      this.at(lands === 'atOnce' ? WAY_MS : lands, async () => {
        this.underWay -= 1;
        if (sender === 'ends') end();
        await effect().catch(() => {});
      });
    }
    if (sender === 'ends' && lands !== 'atOnce') end();
    return new Promise((resolve, reject) => {
      if (sender === 'triesAgain')
        this.at(ATTEMPT_MS, () => this.resume(process, () => resolve(this.undisturbed(process, effect))));
      if (sender === 'givesUp')
        this.at(3 * ATTEMPT_MS, () => this.resume(process, () => reject(new Error('no answer from the service'))));
    });
  }
}
