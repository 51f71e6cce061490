/** `npm run docs:deploy`: writes the templates' resource counts and permissions between the markers of docs/deploy.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { DatasetsStack } from '../examples/datasets/stack.ts';
import type { CfnTemplate } from '../lib/local/wiring.ts';
import { readAuthFromContext } from './app/from-context.ts';
import { formatGrants, formatResourceCounts } from './app/template-facts.ts';

export const DEPLOY_DOCUMENT = fileURLToPath(new URL('../docs/deploy.md', import.meta.url));

/** The context of each configuration, as for `npm run synth -- -c …`; the names in it do not affect the document. */
const AUTH_CONTEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  jwt: { auth: 'jwt', issuer: 'https://login.example.com' },
  cognito: { auth: 'cognito', userPool: 'us-east-1_Example', clients: 'client1' },
  iam: { auth: 'iam' },
  none: { auth: 'none' },
};

function synthesizeWithContext(context: Readonly<Record<string, string>>): CfnTemplate {
  const app = new App({ analyticsReporting: false, context: { ...context, [BUNDLING_STACKS]: [] } });
  return Template.fromStack(new DatasetsStack(app, 'McpTasks', { auth: readAuthFromContext })).toJSON();
}

/**
 * The document, with its counts and permissions as the templates have them now.
 *
 * @throws Error when the functions' permissions differ between the configurations: the document lists them only once
 */
export function fillDeployDocument(document: string): string {
  const templates = Object.fromEntries(
    Object.entries(AUTH_CONTEXTS).map(([name, context]) => [name, synthesizeWithContext(context)]),
  );
  const [permissions, ...others] = new Set(Object.values(templates).map(formatGrants));
  if (permissions === undefined || others.length > 0)
    throw new Error('The permissions of the functions differ between the configurations: list them for each.');
  const withCounts = replaceSection(document, 'counts', formatResourceCounts(templates));
  return replaceSection(withCounts, 'permissions', permissions);
}

/** @throws Error when the document lacks the section's markers */
function replaceSection(document: string, name: string, text: string): string {
  const begin = `<!-- ${name}, from the templates -->`;
  const end = `<!-- end of ${name} -->`;
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/deploy.md must contain ${begin} … ${end}.`);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(DEPLOY_DOCUMENT, fillDeployDocument(readFileSync(DEPLOY_DOCUMENT, 'utf8')));
