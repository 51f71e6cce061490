/** Resolves CloudFormation's references to what replaces each resource on this machine. */
import { LOCAL_AWS } from './aws.ts';
import { CannotStart } from './errors.ts';

/** The names of a template's resource on this machine. */
export interface LocalName {
  /** The value of `Ref`. */
  readonly ref: string;
  /** The values of `Fn::GetAtt`, by attribute. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Whether it is a folder, which stands for a bucket. */
  readonly isFolder?: boolean;
}

/** By logical id. */
export type LocalNames = ReadonlyMap<string, LocalName>;

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Region': LOCAL_AWS.region,
  'AWS::AccountId': LOCAL_AWS.account,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'local',
};

/**
 * Resolves a template's value to a string.
 *
 * @param where names the value in messages
 * @throws CannotStart for a resource that does not run on this machine, or an unsupported intrinsic function
 */
export function resolveValue(value: unknown, names: LocalNames, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const [name, argument] = Object.entries((value ?? {}) as Record<string, unknown>)[0] ?? [];
  switch (name) {
    case 'Ref':
      return resolveReference(String(argument), undefined, names, where);
    case 'Fn::GetAtt': {
      const [id, attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
      return resolveReference(id ?? '', attribute, names, where);
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => resolveValue(part, names, where)).join(separator);
    }
    case 'Fn::Sub':
      if (typeof argument === 'string') {
        return argument.replaceAll(/\$\{([^!.}]+)(?:\.([^}]+))?\}/g, (_, id, attribute) =>
          resolveReference(id, attribute, names, where),
        );
      }
  }
  throw new CannotStart(`${where} is ${JSON.stringify(value)}, which the stack on one machine does not support.`);
}

function resolveReference(id: string, attribute: string | undefined, names: LocalNames, where: string): string {
  const local = names.get(id);
  const found = attribute === undefined ? (local?.ref ?? PSEUDO_PARAMETERS[id]) : local?.attributes?.[attribute];
  if (found !== undefined) return found;
  const target = attribute === undefined ? id : `${id}.${attribute}`;
  throw new CannotStart(`${where} refers to ${target}, which has no counterpart in the stack on one machine.`);
}

/** The logical id that a value refers to, if it is a plain reference. */
export function findReferencedId(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof ref === 'string') return ref;
  if (Array.isArray(attribute)) return String(attribute[0]);
  if (typeof attribute === 'string') return attribute.split('.')[0];
  // `integrations/<Ref>` and invocation ARNs contain exactly one reference that is not a pseudo parameter.
  const parts = Array.isArray(join) ? ((join[1] as unknown[]) ?? []) : [];
  return parts.map(findReferencedId).find((id) => id !== undefined && !id.startsWith('AWS::'));
}
