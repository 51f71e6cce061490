/** What a message may do to a task. */
import type { Delivery, Disposal, WakeUp } from '../ports.ts';

/** The worker side. */
export interface Worker {
  /**
   * Take one message as far as it goes. Never rejects for what a tool does.
   * @param deadline when the function will be stopped (ms since the epoch)
   */
  work(delivery: Delivery, deadline: number): Promise<Disposal>;
}

/** The dead-letter side: gives no verdict, sends what is still owed afresh. */
export interface Redrive {
  /** Rejects when the store or the queue cannot be reached: the message then stays where it is. */
  redrive(wakeUp: WakeUp): Promise<void>;
}
