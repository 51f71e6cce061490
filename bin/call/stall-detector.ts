/** A server that goes on asking what was answered already is given up on. */

/** How often a task may be seen waiting for nothing new. An answer is visible in the next poll, so one is a lot. */
const POLLS = 5;

export class GaveUp extends Error {
  override readonly name = 'GaveUp';
}

export interface Patience {
  /** A question was answered. */
  answered(key: string): void;
  /** A task was seen. */
  observe(task: Readonly<Record<string, unknown>>): void;
}

export function createPatience(giveUp: (reason: GaveUp) => void): Patience {
  const keys = new Set<string>();
  let idle = 0;
  return {
    answered: (key) => keys.add(key),
    observe(task) {
      const waiting =
        task.status === 'input_required' && Object.keys(task.inputRequests ?? {}).every((key) => keys.has(key));
      idle = waiting ? idle + 1 : 0;
      if (idle === POLLS)
        giveUp(new GaveUp(`The server has its answers, and still says input_required without a new question.`));
    },
  };
}
