/** `npm run docs:deploy`: writes what the templates say into docs/deploy.md, between its markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import type { CfnTemplate as Synthesized } from '../lib/local/wiring.ts';
import { McpTasksStack } from '../lib/mcp-tasks-stack.ts';
import { readAuthFromContext } from './app/from-context.ts';
import { formatGrants, formatResourceCounts } from './app/template-facts.ts';

export const DEPLOY_DOCUMENT = fileURLToPath(new URL('../docs/deploy.md', import.meta.url));

/** What `npm run synth -- -c …` is given for each; the names in them change no number. */
const AUTH_CONTEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  jwt: { auth: 'jwt', issuer: 'https://login.example.com' },
  cognito: { auth: 'cognito', userPool: 'us-east-1_Example', clients: 'client1' },
  iam: { auth: 'iam' },
  none: { auth: 'none' },
};

function synthesizeWithContext(context: Readonly<Record<string, string>>): Synthesized {
  const app = new App({ analyticsReporting: false, context: { ...context, [BUNDLING_STACKS]: [] } });
  return Template.fromStack(new McpTasksStack(app, 'McpTasks', { exampleAuth: readAuthFromContext })).toJSON();
}

/**
 * The document with its facts as the templates are now.
 *
 * @throws Error when the functions of two configurations may do different things: the document shows them once
 */
export function fillDeployDocument(document: string): string {
  const templates = Object.fromEntries(
    Object.entries(AUTH_CONTEXTS).map(([name, context]) => [name, synthesizeWithContext(context)]),
  );
  const [permissions, ...others] = new Set(Object.values(templates).map(formatGrants));
  if (permissions === undefined || others.length > 0)
    throw new Error('What the functions may do differs between the configurations: show it for each of them.');
  const facts = { counts: formatResourceCounts(templates), permissions };
  return Object.entries(facts).reduce((text, [name, fact]) => replaceSection(text, name, fact), document);
}

function replaceSection(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}, from the templates -->`, `<!-- end of ${name} -->`];
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/deploy.md has no place for ${name}: ${begin} … ${end}`);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(DEPLOY_DOCUMENT, fillDeployDocument(readFileSync(DEPLOY_DOCUMENT, 'utf8')));
