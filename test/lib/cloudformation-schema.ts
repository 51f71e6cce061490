/**
 * Checks a template against CloudFormation's own schema of resources, as the CDK's service specification packages it:
 * types, properties, which are required, the type of each value, and the attributes that `Fn::GetAtt` may read.
 */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { CfnTemplate } from '../../lib/local/wiring.ts';

const spec = loadAwsServiceSpecSync();

/** The keys of a resource, besides its properties. */
const RESOURCE_KEYS = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'CreationPolicy',
  'DeletionPolicy',
  'UpdatePolicy',
  'UpdateReplacePolicy',
];

type PropertyType =
  | { readonly type: 'string' | 'integer'; readonly allowedValues?: readonly unknown[] }
  | { readonly type: 'number' | 'boolean' | 'json' | 'date-time' | 'null' | 'tag' }
  | { readonly type: 'array' | 'map'; readonly element: PropertyType }
  | { readonly type: 'union'; readonly types: readonly PropertyType[] }
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } };

/** A property in CloudFormation's schema. */
export interface ResourceProperty {
  readonly required?: boolean;
  readonly type: PropertyType;
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
}
type ResourceProperties = Readonly<Record<string, ResourceProperty>>;

/** Undefined for a type that CloudFormation does not know. */
export const findResourceType = (type: string) => spec.lookup('resource', 'cloudFormationType', 'equals', type)[0];

/** @returns one line for each problem that CloudFormation would report, with the path to it */
export function findTemplateProblems({ Resources = {}, Outputs = {} }: CfnTemplate): string[] {
  const resources = Object.entries(Resources).flatMap(([id, resource]) => {
    const known = findResourceType(resource.Type);
    if (!known) return [`${id}: there is no resource type ${resource.Type}`];
    const strange = Object.keys(resource).filter((key) => !RESOURCE_KEYS.includes(key));
    return [
      ...strange.map((key) => `${id}: a resource has no ${key}`),
      ...findObjectProblems(id, resource.Properties ?? {}, known.properties as ResourceProperties),
    ];
  });
  return [...resources, ...findReferenceProblems('', { Resources, Outputs }, Resources)];
}

function findObjectProblems(path: string, value: Record<string, unknown>, properties: ResourceProperties): string[] {
  const missing = Object.entries(properties).filter(([name, { required }]) => required && value[name] === undefined);
  return [
    ...missing.map(([name]) => `${path}: ${name} is required`),
    ...Object.entries(value).flatMap(([name, part]) => {
      const property = properties[name];
      return property
        ? findValueProblems(`${path}.${name}`, part, property.type)
        : [`${path}: there is no property ${name}`];
    }),
  ];
}

function findValueProblems(path: string, value: unknown, type: PropertyType): string[] {
  if (isIntrinsic(value)) return [];
  const expected = (ok: boolean, what: string) => (ok ? [] : [`${path}: ${JSON.stringify(value)} must be ${what}`]);
  switch (type.type) {
    case 'string':
    case 'date-time':
      return [...expected(typeof value === 'string', 'a string'), ...findEnumProblems(path, value, type)];
    case 'integer':
      return [...expected(Number.isInteger(value), 'an integer'), ...findEnumProblems(path, value, type)];
    case 'number':
      return expected(typeof value === 'number', 'a number');
    case 'boolean':
      return expected(typeof value === 'boolean', 'a boolean');
    case 'null':
      return expected(value === null, 'null');
    case 'json':
      return [];
    case 'tag':
      return expected(isObject(value) && Object.keys(value).sort().join() === 'Key,Value', 'a tag');
    case 'array':
      if (!Array.isArray(value)) return expected(false, 'a list');
      return value.flatMap((part, i) => findValueProblems(`${path}[${i}]`, part, type.element));
    case 'map':
      if (!isObject(value)) return expected(false, 'a map');
      return Object.entries(value).flatMap(([name, part]) => findValueProblems(`${path}.${name}`, part, type.element));
    case 'ref': {
      if (!isObject(value)) return expected(false, 'an object');
      const { properties } = spec.get('typeDefinition', type.reference.$ref);
      return findObjectProblems(path, value, properties as ResourceProperties);
    }
    case 'union':
      return findUnionProblems(path, value, type.types);
  }
}

/** A value must fit one of the types. "Any JSON" does not count next to a type with a shape. */
function findUnionProblems(path: string, value: unknown, types: readonly PropertyType[]): string[] {
  const shaped = types.some(({ type }) => type === 'array' || type === 'map' || type === 'ref');
  const candidates = types.filter(({ type }) => !(shaped && type === 'json'));
  const verdicts = candidates.map((type) => findValueProblems(path, value, type));
  return verdicts.toSorted((one, other) => one.length - other.length)[0] ?? [];
}

function findEnumProblems(path: string, value: unknown, type: PropertyType): string[] {
  const values = 'allowedValues' in type ? type.allowedValues : undefined;
  return values && !values.includes(value)
    ? [`${path}: ${JSON.stringify(value)} must be one of ${values.join(', ')}`]
    : [];
}

/** `Ref` and `Fn::GetAtt` must name a resource of the template, and one of its attributes. */
function findReferenceProblems(
  path: string,
  value: unknown,
  resources: NonNullable<CfnTemplate['Resources']>,
): string[] {
  if (Array.isArray(value)) return value.flatMap((part, i) => findReferenceProblems(`${path}[${i}]`, part, resources));
  if (!isObject(value)) return [];
  const { Ref: ref, 'Fn::GetAtt': attribute } = value;
  if (typeof ref === 'string')
    return ref.startsWith('AWS::') || Object.hasOwn(resources, ref) ? [] : [`${path}: there is no ${ref}`];
  if (Array.isArray(attribute)) {
    const [id, name] = attribute.map(String);
    const known = findResourceType(resources[id ?? '']?.Type ?? '');
    return known && Object.hasOwn(known.attributes, name ?? '') ? [] : [`${path}: there is no ${id}.${name}`];
  }
  return Object.entries(value).flatMap(([name, part]) => findReferenceProblems(`${path}.${name}`, part, resources));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value that CloudFormation computes may have any type. */
const isIntrinsic = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length === 1 && /^(Ref|Fn::\w+)$/.test(Object.keys(value)[0] ?? '');
