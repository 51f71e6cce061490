/** The example's template without code, synthesized once for all the tests of a file. */
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type SynthesizeOptions, synthesizeTemplate } from '../../lib/local/synthesize.ts';

export const FIXTURE_SERVER = 'test/lib/fixtures/server.ts';

/** @param options props of `McpTasksServer`; `entry` is the fixture unless given */
export const synthesizeFixture = (options: SynthesizeOptions = {}): Template =>
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

/** A reference to an attribute of the one resource whose logical id begins so. */
export const matchAttribute = (name: string, attributeName = 'Arn') => ({
  'Fn::GetAtt': [Match.stringLikeRegexp(`^Mcp${name}[0-9A-F]{8}$`), attributeName],
});

/** A reference to the one resource whose logical id begins so. */
export const matchReference = (name: string) => ({ Ref: Match.stringLikeRegexp(`^Mcp${name}[0-9A-F]{8}$`) });

/** What a function's role may do: action to the resources, each named by logical id without its hash. */
export function readGrants(template: Template, role: string): Record<string, string[]> {
  const policy = Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) =>
    id.startsWith(`Mcp${role}Role`),
  );
  const grants: Record<string, string[]> = {};
  for (const { Action, Resource, Effect } of policy?.[1].Properties.PolicyDocument.Statement ?? []) {
    if (Effect !== 'Allow') throw new Error(`Not expected: ${Effect}`);
    for (const action of [Action].flat())
      grants[action] = [...(grants[action] ?? []), ...[Resource].flat().map(formatResourceName)];
  }
  return grants;
}

function formatResourceName(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { Ref, 'Fn::GetAtt': of, 'Fn::Join': join } = resource as Record<string, unknown[] & string>;
  if (join) return (join[1] as unknown as unknown[]).map(formatResourceName).join('');
  return String(Ref ?? of?.[0]).replace(/^Mcp(.*)[0-9A-F]{8}$/, '$1');
}
