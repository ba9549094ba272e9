import type { ConfigDigests } from '../model/statement.ts';
import { listed, type Objection, refused, undetermined } from './objection.ts';
import type { FileDigest } from './statement.ts';

/** What lies in the folders now, against what was attested. */
export function evidenceObjections(
  stated: readonly FileDigest[],
  present: readonly FileDigest[],
): readonly Objection[] {
  const key = ({ name, sha256 }: FileDigest) => `${name} ${sha256}`;
  const [statedKeys, presentKeys] = [new Set(stated.map(key)), new Set(present.map(key))];
  const gone = namesOf(stated.filter((file) => !presentKeys.has(key(file))));
  const come = namesOf(present.filter((file) => !statedKeys.has(key(file))));
  const altered = gone.filter((name) => come.includes(name));
  const missing = gone.filter((name) => !altered.includes(name));
  const extra = come.filter((name) => !altered.includes(name));
  return [
    ...some(altered, (names) => refused(`altered since it was attested: ${names}`)),
    ...some(missing, (names) => undetermined(`attested, and not in the evidence: ${names}`)),
    ...some(extra, (names) =>
      undetermined(`in the evidence, and not attested: ${names}. Where they are later runs, attest again.`),
    ),
  ];
}

const namesOf = (files: readonly FileDigest[]): readonly string[] => [...new Set(files.map(({ name }) => name))].sort();

const some = (names: readonly string[], objection: (names: string) => Objection): readonly Objection[] =>
  names.length === 0 ? [] : [objection(listed(names))];

const SECTIONS = ['policy', 'workloads', 'targets', 'contexts'] as const;

/** How targets are sampled makes evidence and does not judge it, so that section is free to change. */
export function configObjections(stated: ConfigDigests | null, present: ConfigDigests): readonly Objection[] {
  if (stated === null) {
    return [undetermined('it was attested without a configuration: attest again with --config')];
  }
  const changed = SECTIONS.filter((section) => stated[section] !== present[section]);
  if (changed.length === 0) return [];
  return [undetermined(`the configuration has changed since (${changed.join(', ')}): attest again`)];
}
