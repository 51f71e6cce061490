/** SQS as it really is: at-least-once, visibility, receipt handles that go stale, receives counted on give-back. */
import type { WakeUp } from '../../../lambda/engine/ports.ts';
import type { Simulator } from './simulator.ts';

interface SimulatedMessage {
  readonly wakeUp: WakeUp;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  handle: number;
}

/** A message as a consumer holds it. */
export interface ReceivedMessage {
  readonly message: SimulatedMessage;
  readonly handle: number;
}

export interface SimulatedQueueOptions {
  /** The queue's default visibility time-out (ms). */
  readonly visibilityMs: number;
  readonly retentionMs: number;
  /** Chance that a received message stays visible to others. */
  readonly duplicateChance: number;
  readonly maxReceiveCount?: number;
  readonly deadLetters?: SimulatedQueue;
}

export class SimulatedQueue {
  readonly messages = new Set<SimulatedMessage>();
  readonly #simulator: Simulator;
  readonly #options: SimulatedQueueOptions;
  #lastHandle = 0;
  #listener: (() => void) | undefined;

  constructor(simulator: Simulator, options: SimulatedQueueOptions) {
    this.#simulator = simulator;
    this.#options = options;
  }

  send(wakeUp: WakeUp, delayMs = 0): void {
    const { now } = this.#simulator;
    // SQS takes whole seconds, at most 900.
    const delay = Math.min(900, Math.ceil(Math.max(0, delayMs) / 1000)) * 1000;
    this.messages.add({ wakeUp: { ...wakeUp }, sentAt: now, visibleAt: now + delay, receives: 0, handle: 0 });
    this.#scheduleNotification();
  }

  /** Takes a message from another queue. */
  acceptDeadLetter(message: SimulatedMessage): void {
    this.messages.add({ ...message, visibleAt: this.#simulator.now, receives: 0 });
    this.#scheduleNotification();
  }

  /** Calls `listener` once when a message can be received, so that a consumer does not have to poll. */
  notifyWhenVisible(listener: () => void): void {
    this.#listener = listener;
    this.#scheduleNotification();
  }

  #scheduleNotification(): void {
    if (!this.#listener || this.messages.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of this.messages) first = Math.min(first, visibleAt);
    this.#simulator.schedule(first - this.#simulator.now, () => {
      const listener = this.#listener;
      if (!listener) return;
      if (![...this.messages].some(({ visibleAt }) => visibleAt <= this.#simulator.now))
        return this.#scheduleNotification();
      this.#listener = undefined;
      listener();
    });
  }

  /** One visible message, any of them: a standard queue promises no order. */
  receive(): ReceivedMessage | undefined {
    const { now, random } = this.#simulator;
    const visible: SimulatedMessage[] = [];
    for (const message of this.messages) {
      if (message.sentAt + this.#options.retentionMs <= now) this.messages.delete(message);
      else if (message.visibleAt <= now) visible.push(message);
    }
    const message = visible[Math.floor(random() * visible.length)];
    if (!message) return undefined;
    message.receives += 1;
    if (message.receives > (this.#options.maxReceiveCount ?? Number.POSITIVE_INFINITY)) {
      this.messages.delete(message);
      this.#options.deadLetters?.acceptDeadLetter(message);
      return undefined;
    }
    if (random() >= this.#options.duplicateChance) message.visibleAt = now + this.#options.visibilityMs;
    this.#lastHandle += 1;
    message.handle = this.#lastHandle;
    return { message, handle: message.handle };
  }

  changeVisibility({ message, handle }: ReceivedMessage, ms: number): void {
    if (!this.messages.has(message)) throw new Error('the message is gone');
    // An old handle may still work, or may be refused.
    if (message.handle !== handle && this.#simulator.random() < 0.5) throw new Error('the receipt handle is stale');
    message.visibleAt = this.#simulator.now + ms;
    this.#scheduleNotification();
  }

  delete({ message, handle }: ReceivedMessage): void {
    if (message.handle === handle || this.#simulator.random() < 0.5) this.messages.delete(message);
  }
}
