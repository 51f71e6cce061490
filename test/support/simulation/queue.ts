/** SQS as it really is: at least once, visibility, receipt handles that go stale, receives counted on give-back. */
import type { WakeUp } from '../../../lambda/engine/ports.ts';
import type { Simulator } from './simulator.ts';

interface SimulatedMessage {
  readonly wakeUp: WakeUp;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  handle: number;
}

/** What a consumer holds. */
export interface ReceivedMessage {
  readonly message: SimulatedMessage;
  readonly handle: number;
}

export interface SimulatedQueueOptions {
  /** The queue's own visibility time-out (ms). */
  readonly visibilityMs: number;
  readonly retentionMs: number;
  /** Chance that a received message stays visible to others. */
  readonly duplicateChance: number;
  readonly maxReceiveCount?: number;
  readonly deadLetters?: SimulatedQueue;
}

export class SimulatedQueue {
  readonly messages = new Set<SimulatedMessage>();
  readonly #world: Simulator;
  readonly #settings: SimulatedQueueOptions;
  #handles = 0;
  #waiting: (() => void) | undefined;

  constructor(world: Simulator, settings: SimulatedQueueOptions) {
    this.#world = world;
    this.#settings = settings;
  }

  send(wakeUp: WakeUp, delayMs = 0): void {
    const { now } = this.#world;
    // SQS takes whole seconds, 900 at most.
    const delay = Math.min(900, Math.ceil(Math.max(0, delayMs) / 1000)) * 1000;
    this.messages.add({ wakeUp: { ...wakeUp }, sentAt: now, visibleAt: now + delay, receives: 0, handle: 0 });
    this.#scheduleNotification();
  }

  /** Take a message from another queue. */
  acceptDeadLetter(message: SimulatedMessage): void {
    this.messages.add({ ...message, visibleAt: this.#world.now, receives: 0 });
    this.#scheduleNotification();
  }

  /** Call once when something can be received; a consumer waits for that instead of asking all the time. */
  notifyWhenVisible(then: () => void): void {
    this.#waiting = then;
    this.#scheduleNotification();
  }

  #scheduleNotification(): void {
    if (!this.#waiting || this.messages.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of this.messages) first = Math.min(first, visibleAt);
    this.#world.schedule(first - this.#world.now, () => {
      const then = this.#waiting;
      if (!then) return;
      if (![...this.messages].some(({ visibleAt }) => visibleAt <= this.#world.now))
        return this.#scheduleNotification();
      this.#waiting = undefined;
      then();
    });
  }

  /** One visible message, any of them: a standard queue promises no order. */
  receive(): ReceivedMessage | undefined {
    const { now, random } = this.#world;
    const visible: SimulatedMessage[] = [];
    for (const message of this.messages) {
      if (message.sentAt + this.#settings.retentionMs <= now) this.messages.delete(message);
      else if (message.visibleAt <= now) visible.push(message);
    }
    const message = visible[Math.floor(random() * visible.length)];
    if (!message) return undefined;
    message.receives += 1;
    if (message.receives > (this.#settings.maxReceiveCount ?? Number.POSITIVE_INFINITY)) {
      this.messages.delete(message);
      this.#settings.deadLetters?.acceptDeadLetter(message);
      return undefined;
    }
    if (random() >= this.#settings.duplicateChance) message.visibleAt = now + this.#settings.visibilityMs;
    this.#handles += 1;
    message.handle = this.#handles;
    return { message, handle: message.handle };
  }

  changeVisibility({ message, handle }: ReceivedMessage, ms: number): void {
    if (!this.messages.has(message)) throw new Error('the message is gone');
    // An old handle may still work, or may be refused.
    if (message.handle !== handle && this.#world.random() < 0.5) throw new Error('the receipt handle is stale');
    message.visibleAt = this.#world.now + ms;
    this.#scheduleNotification();
  }

  delete({ message, handle }: ReceivedMessage): void {
    if (message.handle === handle || this.#world.random() < 0.5) this.messages.delete(message);
  }
}
