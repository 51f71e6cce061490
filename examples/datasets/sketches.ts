/**
 * Figures over more values than memory should hold. Each is exact up to a bound and an honest estimate beyond
 * it, and says which; each is deterministic, so that a run that is repeated gives the same figures.
 */

/**
 * How many different values there are. Exact up to `limit`. Beyond, it keeps the values whose hash ends in a
 * growing number of zero bits (Wegman's adaptive sampling): the standard error is about 1.2 / sqrt(limit),
 * 1.2 % for 10,000.
 */
export class DistinctCount {
  readonly #limit: number;
  readonly #kept = new Set<string>();
  /** Kept are the values whose hash has this many zero bits at its end: one in 2^bits. */
  #bits = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: string): void {
    if (this.#bits > 0 && !this.#isKept(value)) return;
    this.#kept.add(value);
    while (this.#kept.size > this.#limit && this.#bits < 31) {
      this.#bits += 1;
      for (const kept of this.#kept) if (!this.#isKept(kept)) this.#kept.delete(kept);
    }
  }

  estimate(): { count: number; approximate: boolean } {
    return { count: this.#kept.size * 2 ** this.#bits, approximate: this.#bits > 0 };
  }

  #isKept(value: string): boolean {
    return hash32(value) % 2 ** this.#bits === 0;
  }
}

/** FNV-1a over UTF-16 code units, its bits mixed well enough that any of them can be sampled by. */
function hash32(value: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The values that occur most often. Exact while at most `limit` different ones were seen; beyond, counts are
 * too low by at most n / (limit + 1) after n values (Misra and Gries), so nothing frequent is missed.
 */
export class FrequentValues {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  #approximate = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: string): void {
    const count = this.#counts.get(value);
    if (count !== undefined || this.#counts.size < this.#limit) {
      this.#counts.set(value, (count ?? 0) + 1);
      return;
    }
    this.#approximate = true;
    for (const [kept, n] of this.#counts) {
      if (n === 1) this.#counts.delete(kept);
      else this.#counts.set(kept, n - 1);
    }
  }

  /** The `most` most frequent of those that were seen more than once; equals in order of their text. */
  findTop(most: number): { values: { value: string; count: number }[]; approximate: boolean } {
    const values = [...this.#counts]
      .filter(([, count]) => count > 1)
      .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
      .slice(0, most)
      .map(([value, count]) => ({ value, count }));
    return { values, approximate: this.#approximate };
  }
}

/**
 * Quantiles. Exact up to `limit` values; beyond, those of a uniform sample of that size (a reservoir, drawn by
 * a generator with a fixed seed): a rank is off by less than 1 / sqrt(limit) of the whole, 19 times in 20.
 */
export class Quantiles {
  readonly #limit: number;
  readonly #sample: number[] = [];
  readonly #random = createMulberry32(1);
  #seen = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: number): void {
    this.#seen += 1;
    if (this.#sample.length < this.#limit) {
      this.#sample.push(value);
      return;
    }
    const slot = Math.floor(this.#random() * this.#seen);
    if (slot < this.#limit) this.#sample[slot] = value;
  }

  /** At each share in [0, 1], interpolated linearly between the two nearest ranks; at least one value was added. */
  estimate(shares: readonly number[]): { values: number[]; approximate: boolean } {
    const sorted = Float64Array.from(this.#sample).sort();
    const values = shares.map((share) => {
      const rank = share * (sorted.length - 1);
      const below = sorted[Math.floor(rank)] as number;
      const above = sorted[Math.ceil(rank)] as number;
      return below + (above - below) * (rank - Math.floor(rank));
    });
    return { values, approximate: this.#seen > this.#limit };
  }
}

/** A small generator of numbers in [0, 1). */
function createMulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
