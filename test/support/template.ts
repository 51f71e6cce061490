/** Synthesized templates without code, and how tests look things up in them. */
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type SynthesizeOptions, synthesizeTemplate } from '../../lib/local/synthesize.ts';

export const FIXTURE_SERVER = 'test/lib/fixtures/server.ts';

/** @param options props of `McpTasksServer`; `entry` defaults to the fixture */
export const synthesizeFixture = (options: Partial<SynthesizeOptions> = {}): Template =>
  Template.fromJSON(synthesizeTemplate({ bundle: false, entry: FIXTURE_SERVER, ...options }));

export type FunctionRole = 'Api' | 'Worker' | 'DeadLetter' | 'External';

/** The properties of the function with this logical role. */
export function findFunction(template: Template, role: FunctionRole) {
  const [id] = findFunctionIds(template, role);
  if (id === undefined) throw new Error(`No ${role} function in the template.`);
  return { id, ...template.findResources('AWS::Lambda::Function')[id]?.Properties };
}

const findFunctionIds = (template: Template, role: string) =>
  Object.keys(template.findResources('AWS::Lambda::Function')).filter((id) =>
    new RegExp(`^Mcp${role}[0-9A-F]{8}$`).test(id),
  );

/** Matches a reference to an attribute of the one resource with this name. */
export const matchAttribute = (name: string, attributeName = 'Arn') => ({
  'Fn::GetAtt': [Match.stringLikeRegexp(`^Mcp${name}[0-9A-F]{8}$`), attributeName],
});

/** Matches a reference to the one resource with this name. */
export const matchReference = (name: string) => ({ Ref: Match.stringLikeRegexp(`^Mcp${name}[0-9A-F]{8}$`) });

/** What a function's role may do: the resources of each action, named by logical id without its hash. */
export function readGrants(template: Template, role: string): Record<string, string[]> {
  const policy = Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) =>
    id.startsWith(`Mcp${role}Role`),
  );
  const grants: Record<string, string[]> = {};
  for (const { Action, Resource, Effect } of policy?.[1].Properties.PolicyDocument.Statement ?? []) {
    if (Effect !== 'Allow') throw new Error(`Every statement must have the effect Allow, not ${Effect}.`);
    for (const action of [Action].flat())
      grants[action] = [...(grants[action] ?? []), ...[Resource].flat().map(formatResourceName)];
  }
  return grants;
}

function formatResourceName(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = resource as Record<string, unknown[] & string>;
  if (join) return (join[1] as unknown as unknown[]).map(formatResourceName).join('');
  return String(Ref ?? attribute?.[0]).replace(/^Mcp(.*)[0-9A-F]{8}$/, '$1');
}
