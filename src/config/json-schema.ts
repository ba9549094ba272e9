import { z } from 'zod';
import type { AnyProbe, Registry } from '../model/probe.ts';
import { labSchema } from './lab-section.ts';
import { isMapping, type Mapping } from './plain.ts';
import { policySchema } from './policy-section.ts';
import { commonExpectSchema, commonSchema } from './requirement.ts';
import { samplingSchema } from './sampling.ts';
import { contextSchema, workloadSchema } from './workloads.ts';

/** JSON Schema of the configuration as it is written, made from the schemas that read it. */
export function configSchema(registry: Registry): object {
  const named = (entry: z.ZodType) => ({ type: 'object', additionalProperties: inputSchema(entry) });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of preflight-probe (probe.yaml)',
    type: 'object',
    properties: {
      version: { const: 1 },
      sampling: inputSchema(samplingSchema),
      targets: {
        type: 'object',
        minProperties: 1,
        additionalProperties: { anyOf: registry.map(targetSchema) },
      },
      workloads: named(workloadSchema),
      contexts: named(contextSchema),
      policy: inputSchema(policySchema),
      lab: inputSchema(labSchema),
    },
    required: ['version', 'targets'],
    additionalProperties: false,
  };
}

function targetSchema(probe: AnyProbe): Mapping {
  const expect = withKeys(inputSchema(probe.expect), propertiesOf(inputSchema(commonExpectSchema)), []);
  const common = { ...propertiesOf(inputSchema(commonSchema)), type: { const: probe.type }, expect };
  return { title: probe.title, ...withKeys(inputSchema(probe.settings), common, ['type']) };
}

/** Adds keys to an object schema, in each of its alternatives: strict objects could not be combined from outside. */
function withKeys(schema: Mapping, added: Mapping, required: readonly string[]): Mapping {
  const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => {
    const alternatives = schema[key];
    if (!Array.isArray(alternatives)) return [];
    return [[key, alternatives.filter(isMapping).map((each) => withKeys(each, added, required))] as const];
  });
  if (parts.length > 0) return { ...schema, ...Object.fromEntries(parts) };
  const own = Array.isArray(schema['required']) ? schema['required'] : [];
  return { ...schema, properties: { ...propertiesOf(schema), ...added }, required: [...required, ...own] };
}

const propertiesOf = (schema: Mapping): Mapping => (isMapping(schema['properties']) ? schema['properties'] : {});

const REFERENCE = { type: 'string', pattern: '\\$\\{(env|file|secret):' };

/** A number or a boolean may also be written as a reference. */
function inputSchema(schema: z.ZodType): Mapping {
  const made: unknown = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { type } = jsonSchema;
      if (type !== 'number' && type !== 'integer' && type !== 'boolean') return;
      const plain = { ...jsonSchema };
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      Object.assign(jsonSchema, { anyOf: [plain, REFERENCE] });
    },
  });
  if (!isMapping(made)) throw new TypeError('a schema of settings is not an object schema');
  const { $schema: _, ...rest } = made;
  return rest;
}
