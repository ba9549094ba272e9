import { nameable, type Unmapped } from './draft.ts';

export type KafkaMode = 'consumer-group' | 'spark';

type Reason = { readonly of: RegExp; readonly says: string };

const REASONS: readonly Reason[] = [
  {
    of: /^schema\.registry\.|^basic\.auth\./,
    says: 'the schema registry is a system of its own: write a target of type mtls or tcp for it',
  },
  { of: /^sasl\./, says: 'the probe logs in by PLAIN or SCRAM, with user name and password' },
  { of: /^ssl\./, says: 'the probe has no use for it in its TLS handshake' },
  {
    of: /^(acks|linger\.ms|batch\.size|compression\.type|transactional\.id|enable\.idempotence|buffer\.memory)$|serializer$/,
    says: 'the probe neither produces nor reads a record',
  },
  {
    of: /^(auto\.|enable\.auto|fetch\.|max\.poll\.records|max\.partition|isolation\.level|interceptor\.|check\.crcs)/,
    says: 'it is about records, and the probe reads none',
  },
  {
    of: /^(retries|retry\.|reconnect\.|delivery\.timeout|default\.api\.timeout)/,
    says: 'the probe never retries: every first failure counts',
  },
  { of: /^client\.id$/, says: 'the probe goes by its own name' },
];

const GROUP: Readonly<Record<KafkaMode, string>> = {
  'consumer-group': 'the probe joins a group of its own, preflight-probe-…',
  spark: 'in mode spark no group is joined',
};

/** Properties that are not copied, by name, under the reason that they share. */
export function leftOut(keys: readonly string[], mode: KafkaMode): readonly Unmapped[] {
  const byReason = new Map<string, string[]>();
  for (const key of keys) {
    const reason = key === 'group.id' ? GROUP[mode] : reasonOf(key);
    byReason.set(reason, [...(byReason.get(reason) ?? []), nameable(key)]);
  }
  return [...byReason].map(([reason, names]) => ({ names, reason }));
}

const reasonOf = (key: string): string =>
  REASONS.find(({ of }) => of.test(key))?.says ?? 'no connection of the probe depends on it';
