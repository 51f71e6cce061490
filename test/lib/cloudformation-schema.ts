/**
 * Holds a template to CloudFormation's own schema of resources, as the CDK's service specification packages it: types,
 * properties, what is required, what kind of value each takes, and which attributes `Fn::GetAtt` may ask for.
 */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { CfnTemplate } from '../../lib/local/wiring.ts';

const spec = loadAwsServiceSpecSync();

/** Beside the properties. */
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

/** A property as CloudFormation knows it. */
export interface ResourceProperty {
  readonly required?: boolean;
  readonly type: PropertyType;
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
}
type ResourceProperties = Readonly<Record<string, ResourceProperty>>;

/** Nothing for a type that CloudFormation does not know. */
export const findResourceType = (type: string) => spec.lookup('resource', 'cloudFormationType', 'equals', type)[0];

/** @returns one line for each thing that CloudFormation would refuse, with the path to it */
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
  const expected = (ok: boolean, what: string) => (ok ? [] : [`${path}: ${JSON.stringify(value)} is no ${what}`]);
  switch (type.type) {
    case 'string':
    case 'date-time':
      return [...expected(typeof value === 'string', 'text'), ...findEnumProblems(path, value, type)];
    case 'integer':
      return [...expected(Number.isInteger(value), 'whole number'), ...findEnumProblems(path, value, type)];
    case 'number':
      return expected(typeof value === 'number', 'number');
    case 'boolean':
      return expected(typeof value === 'boolean', 'boolean');
    case 'null':
      return expected(value === null, 'null');
    case 'json':
      return [];
    case 'tag':
      return expected(isObject(value) && Object.keys(value).sort().join() === 'Key,Value', 'tag');
    case 'array':
      if (!Array.isArray(value)) return expected(false, 'list');
      return value.flatMap((part, i) => findValueProblems(`${path}[${i}]`, part, type.element));
    case 'map':
      if (!isObject(value)) return expected(false, 'map');
      return Object.entries(value).flatMap(([name, part]) => findValueProblems(`${path}.${name}`, part, type.element));
    case 'ref': {
      if (!isObject(value)) return expected(false, 'object');
      const { properties } = spec.get('typeDefinition', type.reference.$ref);
      return findObjectProblems(path, value, properties as ResourceProperties);
    }
    case 'union':
      return findUnionProblems(path, value, type.types);
  }
}

/** What fits one of them is right. "Any JSON" says nothing where it stands beside a type with a shape. */
function findUnionProblems(path: string, value: unknown, types: readonly PropertyType[]): string[] {
  const shaped = types.some(({ type }) => type === 'array' || type === 'map' || type === 'ref');
  const telling = types.filter(({ type }) => !(shaped && type === 'json'));
  const verdicts = telling.map((type) => findValueProblems(path, value, type));
  return verdicts.toSorted((one, other) => one.length - other.length)[0] ?? [];
}

function findEnumProblems(path: string, value: unknown, type: PropertyType): string[] {
  const values = 'allowedValues' in type ? type.allowedValues : undefined;
  return values && !values.includes(value) ? [`${path}: ${JSON.stringify(value)} is none of ${values.join(', ')}`] : [];
}

/** `Ref` and `Fn::GetAtt` lead to what is in the template and has such an attribute. */
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

/** What CloudFormation computes can be of any kind. */
const isIntrinsic = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length === 1 && /^(Ref|Fn::\w+)$/.test(Object.keys(value)[0] ?? '');
