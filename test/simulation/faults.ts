/** How bad it gets: each schedule has a weather of its own, from a light breeze to what no region ever saw. */
import type { Random } from '../support/simulation/random.ts';
import type { FaultRates } from '../support/simulation/simulator.ts';

export function drawFaultRates(random: Random): FaultRates {
  const chance = (most: number) => (random() < 0.3 ? 0 : random() * most);
  return {
    crashBefore: chance(0.02),
    crashAfter: chance(0.02),
    stall: chance(0.03),
    requestLost: chance(0.04),
    responseLost: chance(0.08),
    late: chance(0.04),
    throttled: chance(0.05),
    skewMs: chance(8_000),
  };
}
