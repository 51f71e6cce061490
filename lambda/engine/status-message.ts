/** A status message is cut to this many UTF-16 code units: it is in the row, which every heartbeat writes. */
const MAX_LENGTH = 1_024;

/** The text as a task's status message. */
export function cutStatusMessage(text: string): string {
  return text.slice(0, MAX_LENGTH);
}
