/** Detects a server that keeps asking questions that have been answered already. */

/** How many polls in a row may show a task waiting without a new question. The next poll should see an answer. */
const MAX_STALLED_POLLS = 5;

/** The server does not take the answers that it has been given. */
export class ServerStalled extends Error {
  override readonly name = 'ServerStalled';
}

export interface StallDetector {
  /** Note that a question was answered. */
  markAnswered(key: string): void;
  /** Look at the task as a poll found it. */
  observe(task: Readonly<Record<string, unknown>>): void;
}

/** @param giveUp called once, when the server has stalled */
export function createStallDetector(giveUp: (reason: ServerStalled) => void): StallDetector {
  const answeredKeys = new Set<string>();
  let stalledPolls = 0;
  return {
    markAnswered: (key) => answeredKeys.add(key),
    observe(task) {
      const stalled =
        task.status === 'input_required' && Object.keys(task.inputRequests ?? {}).every((key) => answeredKeys.has(key));
      stalledPolls = stalled ? stalledPolls + 1 : 0;
      if (stalledPolls === MAX_STALLED_POLLS)
        giveUp(
          new ServerStalled('The server has all answers but still reports input_required without a new question.'),
        );
    },
  };
}
