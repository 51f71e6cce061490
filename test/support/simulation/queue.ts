/** SQS as it really is: at-least-once delivery, visibility, stale receipt handles, receives counted on give-back. */
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
  /** The queue's visibility timeout (ms). */
  readonly visibilityMs: number;
  /** Messages are lost after this (ms). */
  readonly retentionMs: number;
  /** Probability that a received message stays visible to others. */
  readonly duplicateChance: number;
  /** A message received more often becomes a dead letter. Default: never. */
  readonly maxReceiveCount?: number;
  readonly deadLetters?: SimulatedQueue;
}

export class SimulatedQueue {
  readonly messages = new Set<SimulatedMessage>();
  readonly #simulator: Simulator;
  readonly #options: SimulatedQueueOptions;
  #handles = 0;
  #onVisible: (() => void) | undefined;

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

  /** Calls back once when a message can be received; a consumer waits for that instead of polling. */
  notifyWhenVisible(onVisible: () => void): void {
    this.#onVisible = onVisible;
    this.#scheduleNotification();
  }

  #scheduleNotification(): void {
    if (!this.#onVisible || this.messages.size === 0) return;
    let nextVisibleAt = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of this.messages) nextVisibleAt = Math.min(nextVisibleAt, visibleAt);
    this.#simulator.schedule(nextVisibleAt - this.#simulator.now, () => {
      const onVisible = this.#onVisible;
      if (!onVisible) return;
      if (![...this.messages].some(({ visibleAt }) => visibleAt <= this.#simulator.now))
        return this.#scheduleNotification();
      this.#onVisible = undefined;
      onVisible();
    });
  }

  /** Any one of the visible messages: a standard queue promises no order. */
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
    this.#handles += 1;
    message.handle = this.#handles;
    return { message, handle: message.handle };
  }

  changeVisibility({ message, handle }: ReceivedMessage, ms: number): void {
    if (!this.messages.has(message)) throw new Error('The message does not exist.');
    // An old handle may still work, or may be refused.
    if (message.handle !== handle && this.#simulator.random() < 0.5) throw new Error('The receipt handle is stale.');
    message.visibleAt = this.#simulator.now + ms;
    this.#scheduleNotification();
  }

  delete({ message, handle }: ReceivedMessage): void {
    if (message.handle === handle || this.#simulator.random() < 0.5) this.messages.delete(message);
  }
}
