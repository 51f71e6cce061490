/** What can happen to one request and to the process that makes it. */

export interface Fault {
  readonly name: string;
  /** When the request takes effect: immediately, after this time (ms), or (absent) never. */
  readonly lands?: 'immediately' | number;
  /** What the process does: it crashes, its SDK retries the request, or its SDK gives up with an error. */
  readonly sender: 'crashes' | 'retries' | 'givesUp';
}

/** After the API's deadline, and so after `commitBy` of what a client's request sent (ms). */
const AFTER_API_DEADLINE_MS = 12_000;
/** After the worker's deadline, and so after `commitBy` of what a run sent (ms). */
export const AFTER_WORKER_DEADLINE_MS = 62_000;
/** After everything has recovered (ms). */
const AFTER_RECOVERY_MS = 3_600_000;

export const CRASH_BEFORE: Fault = { name: 'the process crashes before it', sender: 'crashes' };
export const CRASH_AFTER: Fault = {
  name: 'the process crashes after it took effect, before the response arrived',
  lands: 'immediately',
  sender: 'crashes',
};
const SDK_GIVES_UP: Fault = { name: 'it never arrives, and the SDK gives up', sender: 'givesUp' };

/** For requests that write. */
export const WRITE_FAULTS: readonly Fault[] = [
  CRASH_BEFORE,
  CRASH_AFTER,
  { name: 'its response is lost, and the SDK retries it', lands: 'immediately', sender: 'retries' },
  { name: 'it lands again long after the SDK retried it', lands: AFTER_WORKER_DEADLINE_MS, sender: 'retries' },
  SDK_GIVES_UP,
  { name: 'it took effect, and the SDK gives up', lands: 'immediately', sender: 'givesUp' },
  { name: 'the SDK gives up, and it lands later', lands: AFTER_API_DEADLINE_MS, sender: 'givesUp' },
  {
    name: 'it lands after its process is dead and a caller’s commitBy has passed',
    lands: AFTER_API_DEADLINE_MS,
    sender: 'crashes',
  },
  {
    name: 'it lands after its process is dead and a run’s commitBy has passed',
    lands: AFTER_WORKER_DEADLINE_MS,
    sender: 'crashes',
  },
  {
    name: 'it lands after its process is dead and everything has recovered',
    lands: AFTER_RECOVERY_MS,
    sender: 'crashes',
  },
];

/** For requests that only read: when they take effect makes no difference. */
export const READ_FAULTS: readonly Fault[] = [CRASH_BEFORE, SDK_GIVES_UP];
