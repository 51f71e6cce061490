/** The API side of the engine. */

import { summaryOf, viewOf } from '../view.ts';
import { answerOf } from './answer.ts';
import { cancelOf } from './cancel.ts';
import { EngineContext, type EngineParts } from './context.ts';
import { deliverOf } from './deliver.ts';
import type { Engine } from './engine.ts';
import { externalOf } from './external.ts';
import { followOf } from './follow.ts';
import { listOf } from './list.ts';
import { startOf } from './start.ts';
import { replyOf } from './submit-answer.ts';
import { waitingCallsOf } from './waiting-calls.ts';

export type { EngineParts } from './context.ts';

export function createEngine(parts: EngineParts): Engine {
  const engine = new EngineContext(parts);
  return {
    start: startOf(engine),
    get: async (caller, id) => viewOf(await engine.find(engine.keyOf(caller, id)), engine.clock.now(), engine.payloads),
    summary: async (caller, id) => summaryOf(await engine.find(engine.keyOf(caller, id)), engine.clock.now()),
    list: listOf(engine),
    answer: answerOf(engine),
    reply: replyOf(engine),
    cancel: cancelOf(engine),
    deliver: deliverOf(engine),
    follow: followOf(engine),
    calls: waitingCallsOf(engine),
    ...externalOf(engine),
  };
}
