import type { z } from 'zod';
import type { ConfiguredTarget } from '../model/config.ts';
import type { AnyProbe, Registry } from '../model/probe.ts';
import { issue, type Path } from './issues.ts';
import { nearest } from './nearest.ts';
import type { Surroundings } from './notes.ts';
import { isMapping, type Mapping } from './plain.ts';
import { COMMON_EXPECT_KEYS, COMMON_KEYS, commonExpectSchema, commonSchema, requirementOf } from './requirement.ts';
import { readSection } from './section.ts';
import { bindSettings } from './settings-section.ts';

export type LoadedTarget = {
  /** Null with issues. */
  readonly target: ConfiguredTarget | null;
  /** The whole entry as written, without secrets that are written out: for the digest of the configuration. */
  readonly masked: unknown;
};

export function loadTarget(name: string, written: unknown, registry: Registry, around: Surroundings): LoadedTarget {
  const at = ['targets', name];
  if (!isMapping(written)) {
    around.notes.issues.push(issue(at, 'expected a mapping with the type of this target and its settings'));
    return { target: null, masked: null };
  }
  const { type, expect, ...rest } = written;
  const [common, settings] = parted(rest, COMMON_KEYS);
  const requirements = readSection({ written: common, at, schema: commonSchema }, around);
  const probe = probeOf(type, [...at, 'type'], registry, around);
  if (probe === null) return { target: null, masked: null };
  const expected = readExpect(probe, expect ?? {}, [...at, 'expect'], around);
  const { bound, canonical, unresolved, masked } = bindSettings(
    { probe, written: settings, at, otherKeys: COMMON_KEYS },
    around,
  );
  const entry = isMapping(masked) ? { ...written, ...masked } : written;
  if (requirements === null || expected === null) return { target: null, masked: entry };
  const target = {
    name,
    type: probe.type,
    probe,
    control: requirements.data.control,
    requirement: requirementOf(requirements.data, expected.common),
    expect: expected.own,
    sampling: requirements.data.sampling ?? null,
    bound,
    canonical,
    unresolved,
  };
  return { target, masked: entry };
}

function parted(mapping: Mapping, keys: readonly string[]): readonly [inside: Mapping, outside: Mapping] {
  const entries = Object.entries(mapping);
  const inside = entries.filter(([key]) => keys.includes(key));
  const outside = entries.filter(([key]) => !keys.includes(key));
  return [Object.fromEntries(inside), Object.fromEntries(outside)];
}

function probeOf(type: unknown, at: Path, registry: Registry, { notes }: Surroundings): AnyProbe | null {
  const probe = registry.find((each) => each.type === type);
  if (probe !== undefined) return probe;
  const types = registry.map((each) => each.type);
  const expectation = `expected one of: ${types.join(', ')}`;
  if (type === undefined) notes.issues.push(issue(at, `is missing; ${expectation}`));
  else notes.issues.push(issue(at, expectation, typeof type === 'string' ? nearest(type, types) : null));
  return null;
}

type Expected = { readonly common: z.output<typeof commonExpectSchema>; readonly own: unknown };

function readExpect(probe: AnyProbe, written: unknown, at: Path, around: Surroundings): Expected | null {
  if (!isMapping(written)) {
    around.notes.issues.push(issue(at, 'expected a mapping'));
    return null;
  }
  const [generic, specific] = parted(written, COMMON_EXPECT_KEYS);
  const common = readSection({ written: generic, at, schema: commonExpectSchema }, around);
  const unknownKey = `unknown expectation of probe ${JSON.stringify(probe.type)}`;
  const otherKeys = COMMON_EXPECT_KEYS;
  const own = readSection({ written: specific, at, schema: probe.expect, unknownKey, otherKeys }, around);
  for (const stage of Object.keys(common?.data.p95 ?? {})) {
    if (probe.stages.some((each) => each === stage)) continue;
    const expectation = `probe ${JSON.stringify(probe.type)} has no such stage; it has: ${probe.stages.join(', ')}`;
    around.notes.issues.push(issue([...at, 'p95', stage], expectation));
  }
  return common === null || own === null ? null : { common: common.data, own: own.input };
}
