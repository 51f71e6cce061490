/** How long an emulator may take to answer a test (ms): it shares a busy machine, and only a hang takes that long. */
export const EMULATOR_TIMEOUT_MS = 600_000;
