/** SQS as it really is: at least once, visibility, receipt handles that go stale, receives counted on give-back. */
import type { WakeUp } from '../../../lambda/engine/ports.ts';
import type { World } from './simulator.ts';

interface Message {
  readonly wakeUp: WakeUp;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  handle: number;
}

/** What a consumer holds. */
export interface Receipt {
  readonly message: Message;
  readonly handle: number;
}

export interface QueueSettings {
  /** The queue's own visibility time-out (ms). */
  readonly visibilityMs: number;
  readonly retentionMs: number;
  /** Chance that a received message stays visible to others. */
  readonly duplicates: number;
  readonly maxReceiveCount?: number;
  readonly deadLetters?: SimulatedQueue;
}

export class SimulatedQueue {
  readonly messages = new Set<Message>();
  private readonly world: World;
  private readonly settings: QueueSettings;
  private handles = 0;
  private waiting: (() => void) | undefined;

  constructor(world: World, settings: QueueSettings) {
    this.world = world;
    this.settings = settings;
  }

  send(wakeUp: WakeUp, delayMs = 0): void {
    const { now } = this.world;
    // SQS takes whole seconds, 900 at most.
    const delay = Math.min(900, Math.ceil(Math.max(0, delayMs) / 1000)) * 1000;
    this.messages.add({ wakeUp: { ...wakeUp }, sentAt: now, visibleAt: now + delay, receives: 0, handle: 0 });
    this.changed();
  }

  /** Take a message from another queue. */
  adopt(message: Message): void {
    this.messages.add({ ...message, visibleAt: this.world.now, receives: 0 });
    this.changed();
  }

  /** Call once when something can be received; a consumer waits for that instead of asking all the time. */
  whenVisible(then: () => void): void {
    this.waiting = then;
    this.changed();
  }

  private changed(): void {
    if (!this.waiting || this.messages.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of this.messages) first = Math.min(first, visibleAt);
    this.world.at(first - this.world.now, () => {
      const then = this.waiting;
      if (!then) return;
      if (![...this.messages].some(({ visibleAt }) => visibleAt <= this.world.now)) return this.changed();
      this.waiting = undefined;
      then();
    });
  }

  /** One visible message, any of them: a standard queue promises no order. */
  receive(): Receipt | undefined {
    const { now, random } = this.world;
    const visible: Message[] = [];
    for (const message of this.messages) {
      if (message.sentAt + this.settings.retentionMs <= now) this.messages.delete(message);
      else if (message.visibleAt <= now) visible.push(message);
    }
    const message = visible[Math.floor(random() * visible.length)];
    if (!message) return undefined;
    message.receives += 1;
    if (message.receives > (this.settings.maxReceiveCount ?? Number.POSITIVE_INFINITY)) {
      this.messages.delete(message);
      this.settings.deadLetters?.adopt(message);
      return undefined;
    }
    if (random() >= this.settings.duplicates) message.visibleAt = now + this.settings.visibilityMs;
    this.handles += 1;
    message.handle = this.handles;
    return { message, handle: message.handle };
  }

  changeVisibility({ message, handle }: Receipt, ms: number): void {
    if (!this.messages.has(message)) throw new Error('the message is gone');
    // An old handle may still work, or may be refused.
    if (message.handle !== handle && this.world.random() < 0.5) throw new Error('the receipt handle is stale');
    message.visibleAt = this.world.now + ms;
    this.changed();
  }

  delete({ message, handle }: Receipt): void {
    if (message.handle === handle || this.world.random() < 0.5) this.messages.delete(message);
  }
}
