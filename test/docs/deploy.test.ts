/** docs/deploy.md has the figures of the templates. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEPLOY_DOCUMENT, fillDeployDocument } from '../../bin/docs-deploy.ts';

const document = readFileSync(DEPLOY_DOCUMENT, 'utf8');

describe('docs/deploy.md', () => {
  test('matches the templates; if not: npm run docs:deploy', () => {
    expect(document).toBe(fillDeployDocument(document));
  });

  test('is corrected where a number does not match', () => {
    const wrong = document.replace(/\| (\d+) \|/, (_, count) => `| ${Number(count) + 1} |`);
    expect(wrong).not.toBe(document);
    expect(fillDeployDocument(wrong)).toBe(document);
  });
});
