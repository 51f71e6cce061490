/** This version, deployed over what was stored. */
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest';
import { deploy, type Surroundings, startSurroundings, type Who } from './deployment.ts';
import { fixture } from './fixture.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** Set the clock to as long after everything was stored. */
export const later = (ms: number) => vi.setSystemTime(fixture.storedAt + ms);

/** For the tests of a file: the present functions with all that was stored, and the messages of one case in their queue. */
export function useUpgrade() {
  let surroundings: Surroundings;
  beforeAll(async () => {
    surroundings = await startSurroundings();
  });
  afterAll(() => surroundings.stop());

  return async (which: string, who: Who = 'ada') => {
    const left = fixture.left[which];
    if (!left) throw new Error(`The fixture has no ${which}.`);
    const done: string[] = [];
    later(0);
    const deployment = await deploy(surroundings, fixture.sealingSecret, (what) => void done.push(what));
    onTestFinished(() => deployment.stop());
    await deployment.restore(fixture, which);
    later(SECOND);
    return {
      ...deployment,
      ...left,
      given: (name: string) => left.given[name] as string,
      /** What the tools have done since. */
      done,
      get: async (taskId = left.id) => (await deployment.modern(who, 'tasks/get', { taskId })).result,
    };
  };
}

/** What `tasks/get` shows of a task that ended with these words. */
export const completed = (text: string) => ({ status: 'completed', result: said(text) });
export const said = (text: string) => ({ content: [{ type: 'text', text }] });
export const NOT_FOUND = { code: -32602, message: 'Task not found' };
