import { createHash } from 'node:crypto';
import { canonicalJson } from '../../config/plain.ts';
import type { Config } from '../../model/config.ts';
import type { ConfigDigests } from '../../model/statement.ts';

/** Digests of what a decision rests on: order, comments and layout are no part of them, nor is any secret. */
export function configDigestsOf({ digest, policy, sampling, workloads, targets, contexts }: Config): ConfigDigests {
  const used = new Set(workloads.flatMap(({ uses }) => (uses === null || uses === 'none' ? [] : uses)));
  return {
    whole: digest.replace(/^sha256:/, ''),
    // the profile gives the numbers that workloads and policy leave out
    policy: sha256Of({ ...policy, profile: sampling.profile }),
    workloads: sha256Of(inOrder(workloads)),
    targets: sha256Of(
      inOrder(targets)
        .filter(({ name, control }) => control || used.has(name))
        .map(({ name, type, canonical, requirement, expect, control }) => ({
          ...{ name, type, canonical, requirement, control },
          expect,
        })),
    ),
    contexts: sha256Of(inOrder(contexts)),
  };
}

const inOrder = <Named extends { readonly name: string }>(entries: readonly Named[]): readonly Named[] =>
  entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));

const sha256Of = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');
