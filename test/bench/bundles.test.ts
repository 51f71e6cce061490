import { describe, expect, test } from 'vitest';
import { BASELINE, type BundleSize, measureBundleSizes } from '../../bench/bundles.ts';

describe('the bundles', () => {
  const sizes = measureBundleSizes();
  const of = (name: string): BundleSize => {
    const found = sizes.find((each) => each.name === name);
    if (!found) throw new Error(`${name} was not bundled`);
    return found;
  };

  test('a poll reads less than the AWS clients alone are, bundled as esbuild does by itself', () => {
    expect(of('api (a poll)').bytes).toBeLessThan(of(BASELINE).bytes);
    expect(of('api (a poll)').gzipBytes).toBeLessThan(of(BASELINE).gzipBytes);
  });

  test('so does every other function, however much it has beside that for when it is needed', () => {
    for (const { name, bytes, allBytes } of sizes) {
      expect(bytes, name).toBeGreaterThan(200_000);
      expect(bytes, name).toBeLessThanOrEqual(of(BASELINE).bytes);
      expect(allBytes, name).toBeGreaterThanOrEqual(bytes);
    }
  });
});
