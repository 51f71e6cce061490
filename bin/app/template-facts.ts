/** What a person wants to know of a template before they deploy it, as Markdown: read from the template itself. */
import type { Template } from '../../lib/local/wiring.ts';

type Resources = NonNullable<Template['Resources']>;

/** How many resources of each type there are, a column for each template. */
export function resourceCounts(templates: Readonly<Record<string, Template>>): string {
  const columns = Object.values(templates).map(({ Resources = {} }) =>
    Object.values(Resources).map(({ Type }) => Type),
  );
  const types = [...new Set(columns.flat())].sort();
  const count = (type: string) => columns.map((column) => column.filter((each) => each === type).length);
  return table(
    ['resource', ...Object.keys(templates)],
    [
      ...types.map((type) => [`\`${type}\``, ...count(type).map((number) => number || '')]),
      ['**together**', ...columns.map(({ length }) => `**${length}**`)],
    ],
  );
}

/** What each function may do: the whole of its role, one line for each resource. */
export function grants({ Resources = {} }: Template): string {
  const lines = Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (Type !== 'AWS::Lambda::Function') return [];
    const role = referredIn(Properties.Role);
    return statementsOf(Resources, role).map(({ actions, resource }, i) => [
      i === 0 ? named(id) : '',
      resource,
      actions.map((action) => `\`${action}\``).join(', '),
    ]);
  });
  return table(['function', 'on', 'may'], lines);
}

/** Of a role, all statements of its own policies, ordered; managed ones there are none. */
function statementsOf(resources: Resources, role: string) {
  return Object.values(resources)
    .filter(({ Type, Properties = {} }) => Type === 'AWS::IAM::Policy' && attachedTo(Properties.Roles).includes(role))
    .flatMap(({ Properties = {} }) => Properties.PolicyDocument.Statement as Statement[])
    .flatMap(({ Effect, Action, Resource }) => {
      if (Effect !== 'Allow') throw new Error(`A statement that is no Allow is not understood: ${Effect}.`);
      return [Resource].flat().map((each) => ({ actions: [Action].flat(), resource: resourceName(each) }));
    });
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const attachedTo = (roles: unknown): string[] => (roles as unknown[]).map(referredIn);

function referredIn(value: unknown): string {
  const { Ref: ref, 'Fn::GetAtt': of } = value as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return ref ?? of?.[0] ?? '';
}

/** The construct's own name for it: without the stack's prefix and the hash. */
const named = (logicalId: string): string => logicalId.replace(/^Mcp(.+)[0-9A-F]{8}$/, '$1');

function resourceName(value: unknown): string {
  if (typeof value === 'string') return `\`${value}\``;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  if (!join) return named(referredIn(value));
  return join[1].map((part) => (typeof part === 'string' ? part : named(referredIn(part)))).join('');
}

const table = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
