import { describe, expect, test } from 'vitest';
import { BASELINE, type BundleSize, measureBundleSizes } from '../../bench/bundles.ts';

describe('the bundles', () => {
  const sizes = measureBundleSizes();
  const findBundle = (name: string): BundleSize => {
    const size = sizes.find((each) => each.name === name);
    if (!size) throw new Error(`${name} was not bundled`);
    return size;
  };

  test('a poll reads less than the AWS clients alone, bundled with the defaults of esbuild', () => {
    expect(findBundle('api (a poll)').bytes).toBeLessThan(findBundle(BASELINE).bytes);
    expect(findBundle('api (a poll)').gzipBytes).toBeLessThan(findBundle(BASELINE).gzipBytes);
  });

  test('every other function reads no more than that either; the rest is loaded on demand', () => {
    for (const { name, bytes, allBytes } of sizes) {
      expect(bytes, name).toBeGreaterThan(200_000);
      expect(bytes, name).toBeLessThanOrEqual(findBundle(BASELINE).bytes);
      expect(allBytes, name).toBeGreaterThanOrEqual(bytes);
    }
  });
});
