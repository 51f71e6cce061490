/** How often things go wrong: each schedule draws its own rates, from almost none to more than any region ever saw. */
import type { Random } from '../support/simulation/random.ts';
import type { FaultRates } from '../support/simulation/simulator.ts';

export function drawFaultRates(random: Random): FaultRates {
  const drawRate = (max: number) => (random() < 0.3 ? 0 : random() * max);
  return {
    crashBefore: drawRate(0.02),
    crashAfter: drawRate(0.02),
    stall: drawRate(0.03),
    requestLost: drawRate(0.04),
    responseLost: drawRate(0.08),
    late: drawRate(0.04),
    throttled: drawRate(0.05),
    skewMs: drawRate(8_000),
  };
}
