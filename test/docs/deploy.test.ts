import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEPLOY_DOCUMENT, fillDeployDocument } from '../../bin/docs-deploy.ts';

const document = readFileSync(DEPLOY_DOCUMENT, 'utf8');

describe('docs/deploy.md', () => {
  test('says what the templates say; if not: npm run docs:deploy', () => {
    expect(document).toBe(fillDeployDocument(document));
  });

  test('and would notice a number that is not theirs', () => {
    const wrong = document.replace(/\| (\d+) \|/, (_, count) => `| ${Number(count) + 1} |`);
    expect(wrong).not.toBe(document);
    expect(fillDeployDocument(wrong)).toBe(document);
  });
});
