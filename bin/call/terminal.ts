/** What a person sees while the tool runs: a status line in place on a terminal, plain lines elsewhere. */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

type TerminalOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface TerminalOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  /** Where status and questions go; the result goes elsewhere. */
  readonly output: TerminalOutput;
  /** Somebody pressed Ctrl-C at a prompt. */
  readonly onInterrupt: () => void;
  readonly now: () => number;
}

/** The input ended (Ctrl-D) before a question was answered. */
export class InputEnded extends Error {
  override readonly name = 'InputEnded';
}

export interface Terminal {
  /** Whether somebody is there to answer. */
  readonly interactive: boolean;
  /** Show what the task is doing; nothing happens when it is what is shown already. */
  showStatus(words: string): void;
  /** A line that stays. */
  printLine(words: string): void;
  /** @throws InputEnded, or the signal's reason */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  /** Take the status line away. */
  clearStatus(): void;
}

export function createTerminal({ input, output, onInterrupt, now }: TerminalOptions): Terminal {
  const startedAt = now();
  let shown: string | undefined;
  let ticking: NodeJS.Timeout | undefined;
  /** A prompt stands where the status line would be. */
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
    showStatus(words) {
      const plain = stripControlCharacters(words).replace(/\s+/g, ' ');
      if (asking || plain === shown) return;
      shown = plain;
      if (!output.isTTY) {
        output.write(`${plain}\n`);
        return;
      }
      draw();
      ticking ??= setInterval(draw, 1_000).unref();
    },
    printLine(words) {
      const resume = output.isTTY ? undefined : shown;
      clear();
      shown = resume;
      output.write(`${stripControlCharacters(words)}\n`);
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

/** What a server says may not move the cursor, recolour the screen or hide text: control characters go. */
export function stripControlCharacters(words: string): string {
  return words.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '');
}
