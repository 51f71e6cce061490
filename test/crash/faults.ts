/** What can become of one request and of the process that makes it. */

export interface Fault {
  readonly name: string;
  /** When the request takes effect: at once, after so long (ms), or (absent) never. */
  readonly lands?: 'atOnce' | number;
  /** What the process does: it ends, its SDK makes the request again, or its SDK gives up with an error. */
  readonly sender: 'ends' | 'triesAgain' | 'givesUp';
}

/** After the API's deadline, and so after `commitBy` of what a client's request sent (ms). */
const AFTER_API_DEADLINE_MS = 12_000;
/** After the worker's deadline, and so after `commitBy` of what a run sent (ms). */
export const AFTER_WORKER_DEADLINE_MS = 62_000;
/** After everything has recovered (ms). */
const AFTER_RECOVERY_MS = 3_600_000;

export const CRASH_BEFORE: Fault = { name: 'the process ends before it', sender: 'ends' };
export const CRASH_AFTER: Fault = {
  name: 'the process ends after it took effect, before the answer came',
  lands: 'atOnce',
  sender: 'ends',
};
const SDK_GIVES_UP: Fault = { name: 'it never arrives, and the SDK gives up', sender: 'givesUp' };

/** For a request that changes something. */
export const WRITE_FAULTS: readonly Fault[] = [
  CRASH_BEFORE,
  CRASH_AFTER,
  { name: 'its answer is lost and the SDK makes it again', lands: 'atOnce', sender: 'triesAgain' },
  { name: 'it lands again long after the SDK made it again', lands: AFTER_WORKER_DEADLINE_MS, sender: 'triesAgain' },
  SDK_GIVES_UP,
  { name: 'it took effect, and the SDK gives up', lands: 'atOnce', sender: 'givesUp' },
  { name: 'the SDK gives up, and it lands later', lands: AFTER_API_DEADLINE_MS, sender: 'givesUp' },
  {
    name: 'it lands after its process is dead and a caller’s commitBy has passed',
    lands: AFTER_API_DEADLINE_MS,
    sender: 'ends',
  },
  {
    name: 'it lands after its process is dead and a run’s commitBy has passed',
    lands: AFTER_WORKER_DEADLINE_MS,
    sender: 'ends',
  },
  { name: 'it lands after its process is dead and all has recovered', lands: AFTER_RECOVERY_MS, sender: 'ends' },
];

/** For a request that changes nothing: when it takes effect makes no difference. */
export const READ_FAULTS: readonly Fault[] = [CRASH_BEFORE, SDK_GIVES_UP];
