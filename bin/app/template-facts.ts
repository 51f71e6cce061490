/** Formats as Markdown what people want to know about a template before they deploy it. */
import type { CfnTemplate } from '../../lib/local/wiring.ts';

type TemplateResources = NonNullable<CfnTemplate['Resources']>;

/** A table of how many resources of each type there are, with a column for each template. */
export function formatResourceCounts(templates: Readonly<Record<string, CfnTemplate>>): string {
  const columns = Object.values(templates).map(({ Resources = {} }) =>
    Object.values(Resources).map(({ Type }) => Type),
  );
  const types = [...new Set(columns.flat())].sort();
  const count = (type: string) => columns.map((column) => column.filter((each) => each === type).length);
  return formatTable(
    ['resource', ...Object.keys(templates)],
    [
      ...types.map((type) => [`\`${type}\``, ...count(type).map((number) => number || '')]),
      ['**together**', ...columns.map(({ length }) => `**${length}**`)],
    ],
  );
}

/** A table of what each function may do: all that its role permits, one line for each resource. */
export function formatGrants({ Resources = {} }: CfnTemplate): string {
  const lines = Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (Type !== 'AWS::Lambda::Function') return [];
    const role = toLogicalId(Properties.Role);
    return findStatements(Resources, role).map(({ actions, resource }, i) => [
      i === 0 ? shortenLogicalId(id) : '',
      resource,
      actions.map((action) => `\`${action}\``).join(', '),
    ]);
  });
  return formatTable(['function', 'on', 'may'], lines);
}

/**
 * The statements of a role's inline policies, in order. Managed policies are not read: no role has any.
 *
 * @throws Error for a statement that does not allow something
 */
function findStatements(resources: TemplateResources, role: string) {
  return Object.values(resources)
    .filter(({ Type, Properties = {} }) => Type === 'AWS::IAM::Policy' && toRoleIds(Properties.Roles).includes(role))
    .flatMap(({ Properties = {} }) => Properties.PolicyDocument.Statement as RoleStatement[])
    .flatMap(({ Effect, Action, Resource }) => {
      if (Effect !== 'Allow') throw new Error(`The Effect of every statement must be Allow, not ${Effect}.`);
      return [Resource].flat().map((each) => ({ actions: [Action].flat(), resource: describeResource(each) }));
    });
}

interface RoleStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const toRoleIds = (roles: unknown): string[] => (roles as unknown[]).map(toLogicalId);

function toLogicalId(value: unknown): string {
  const { Ref: ref, 'Fn::GetAtt': of } = value as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return ref ?? of?.[0] ?? '';
}

/** The construct's name for it, without the server's prefix and the hash. */
const shortenLogicalId = (logicalId: string): string => logicalId.replace(/^(?:Mcp)?(.+)[0-9A-F]{8}$/, '$1');

function describeResource(value: unknown): string {
  if (typeof value === 'string') return `\`${value}\``;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  if (!join) return shortenLogicalId(toLogicalId(value));
  return join[1].map((part) => (typeof part === 'string' ? part : shortenLogicalId(toLogicalId(part)))).join('');
}

const formatTable = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
