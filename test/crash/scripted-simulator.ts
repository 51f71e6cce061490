/** A simulator that numbers and names requests, and makes chosen ones go wrong. */
import { createRandom } from '../support/simulation/random.ts';
import { NO_FAULTS, type SimulatedProcess, Simulator } from '../support/simulation/simulator.ts';
import type { Fault } from './faults.ts';

/** How long a request takes to its service, and a response back (ms). */
const LATENCY_MS = 5;
/** After this the SDK considers an attempt lost and makes another one (ms); after three it gives up. */
const SDK_ATTEMPT_TIMEOUT_MS = 1_400;

/** A fault in every run of a scenario: of the n-th request with a name. */
export interface StandingFault {
  readonly request: string;
  readonly nth: number;
  readonly fault: Fault;
}

/** A request (counted from 1, over all processes) that goes wrong in this run, and how. */
export interface CrashPoint {
  readonly request: number;
  readonly fault: Fault;
}

export class ScriptedSimulator extends Simulator {
  /** Every request so far, as `process: name`. The same scenario makes the same ones up to the first fault. */
  readonly requests: string[] = [];
  /** Requests that will still take effect although nothing waits for them any more. */
  requestsInFlight = 0;
  readonly #standingFaults: readonly StandingFault[];
  readonly #points: readonly CrashPoint[];
  #requestName = 'request';

  constructor(standingFaults: readonly StandingFault[], points: readonly CrashPoint[]) {
    super(createRandom(1), NO_FAULTS);
    this.#standingFaults = standingFaults;
    this.#points = points;
  }

  /** Make a call whose request gets this name. */
  withRequestName<T>(name: string, call: () => T): T {
    this.#requestName = name;
    try {
      return call();
    } finally {
      this.#requestName = 'request';
    }
  }

  override request<T>(process: SimulatedProcess, effect: () => Promise<T>): Promise<T> {
    if (!process.alive) return new Promise(() => {});
    const name = `${process.name}: ${this.#requestName}`;
    const requestNumber = this.requests.push(name);
    const fault = this.#points.find(({ request }) => request === requestNumber)?.fault ?? this.#findStandingFault(name);
    return fault ? this.#failRequest(process, effect, fault) : this.#completeRequest(process, effect);
  }

  #findStandingFault(name: string): Fault | undefined {
    const candidates = this.#standingFaults.filter(({ request }) => request === name);
    if (candidates.length === 0) return undefined;
    const times = this.requests.filter((request) => request === name).length;
    return candidates.find(({ nth }) => nth === times)?.fault;
  }

  #completeRequest<T>(process: SimulatedProcess, effect: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.schedule(LATENCY_MS, async () => {
        const settle = await effect().then(
          (value) => () => resolve(value),
          (error: unknown) => () => reject(error),
        );
        this.schedule(LATENCY_MS, () => this.resume(process, settle));
      });
    });
  }

  #failRequest<T>(process: SimulatedProcess, effect: () => Promise<T>, { lands, sender }: Fault): Promise<T> {
    process.disturbed = true;
    const crash = () => {
      process.alive = false;
    };
    if (lands !== undefined) {
      this.requestsInFlight += 1;
      this.schedule(lands === 'immediately' ? LATENCY_MS : lands, async () => {
        this.requestsInFlight -= 1;
        if (sender === 'crashes') crash();
        await effect().catch(() => {});
      });
    }
    if (sender === 'crashes' && lands !== 'immediately') crash();
    return new Promise((resolve, reject) => {
      if (sender === 'retries')
        this.schedule(SDK_ATTEMPT_TIMEOUT_MS, () =>
          this.resume(process, () => resolve(this.#completeRequest(process, effect))),
        );
      if (sender === 'givesUp')
        this.schedule(3 * SDK_ATTEMPT_TIMEOUT_MS, () =>
          this.resume(process, () => reject(new Error('The service does not respond.'))),
        );
    });
  }
}
