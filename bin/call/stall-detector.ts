/** A server that goes on asking what was answered already is given up on. */

/** How often a task may be seen waiting for nothing new. An answer is visible in the next poll, so one is a lot. */
const MAX_STALLED_POLLS = 5;

export class ServerStalled extends Error {
  override readonly name = 'GaveUp';
}

export interface StallDetector {
  /** A question was answered. */
  markAnswered(key: string): void;
  /** A task was seen. */
  observe(task: Readonly<Record<string, unknown>>): void;
}

export function createStallDetector(giveUp: (reason: ServerStalled) => void): StallDetector {
  const keys = new Set<string>();
  let idle = 0;
  return {
    markAnswered: (key) => keys.add(key),
    observe(task) {
      const waiting =
        task.status === 'input_required' && Object.keys(task.inputRequests ?? {}).every((key) => keys.has(key));
      idle = waiting ? idle + 1 : 0;
      if (idle === MAX_STALLED_POLLS)
        giveUp(new ServerStalled(`The server has its answers, and still says input_required without a new question.`));
    },
  };
}
