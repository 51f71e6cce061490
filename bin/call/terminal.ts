/** Shows progress and asks questions: with a status line that changes in place on a terminal, in plain lines elsewhere. */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

type TerminalOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface TerminalOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  /** For status and questions; the result goes elsewhere. */
  readonly output: TerminalOutput;
  /** Called on Ctrl-C at a prompt. */
  readonly onInterrupt: () => void;
  /** The time (ms since the epoch). */
  readonly now: () => number;
}

/** The input ended (Ctrl-D) before a question was answered. */
export class InputEnded extends Error {
  override readonly name = 'InputEnded';
}

export interface Terminal {
  /** Whether a person can answer. */
  readonly interactive: boolean;
  /** Show what the task is doing; without effect if that is shown already. */
  showStatus(text: string): void;
  /** Print a line that stays. */
  printLine(text: string): void;
  /** @throws InputEnded, or the signal's reason */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  /** Remove the status line. */
  clearStatus(): void;
}

export function createTerminal({ input, output, onInterrupt, now }: TerminalOptions): Terminal {
  const startedAt = now();
  let shown: string | undefined;
  let ticking: NodeJS.Timeout | undefined;
  /** A prompt is where the status line would be. */
  let asking = false;

  const draw = () => {
    const elapsed = Math.round((now() - startedAt) / 1_000);
    output.write(`\r\u001b[2K${`${shown} (${elapsed} s)`.slice(0, (output.columns || 80) - 1)}`);
  };
  const clear = () => {
    clearInterval(ticking);
    ticking = undefined;
    if (output.isTTY && shown !== undefined) output.write('\r\u001b[2K');
    shown = undefined;
  };

  return {
    interactive: Boolean(input.isTTY && output.isTTY),
    showStatus(text) {
      const plain = stripControlCharacters(text).replace(/\s+/g, ' ');
      if (asking || plain === shown) return;
      shown = plain;
      if (!output.isTTY) {
        output.write(`${plain}\n`);
        return;
      }
      draw();
      ticking ??= setInterval(draw, 1_000).unref();
    },
    printLine(text) {
      const resume = output.isTTY ? undefined : shown;
      clear();
      shown = resume;
      output.write(`${stripControlCharacters(text)}\n`);
    },
    async ask(question, signal) {
      clear();
      asking = true;
      const prompt = createInterface({ input, output, terminal: true });
      prompt.on('SIGINT', onInterrupt);
      const ended = new Promise<never>((_, reject) => prompt.once('close', () => reject(new InputEnded())));
      ended.catch(() => {});
      try {
        return await Promise.race([
          prompt.question(stripControlCharacters(question), { ...(signal && { signal }) }),
          ended,
        ]);
      } finally {
        asking = false;
        prompt.close();
      }
    },
    clearStatus: clear,
  };
}

/** Text from a server, without control characters: it must not move the cursor, recolour the screen or hide text. */
export function stripControlCharacters(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '');
}
