// The compiled schemas of kubernetes-models ask a value for the keys that they know, and pass over the others. So a value that keeps what
// it was asked for tells which of its keys no schema knows: a misspelt one, mostly.

export type Watch = {
  readonly value: object;
  readonly read: ReadonlyMap<object, ReadonlySet<PropertyKey>>;
  readonly data: object;
};

export function watched(data: object): Watch {
  const read = new Map<object, Set<PropertyKey>>();
  const watch = (plain: object): object => {
    const seen = new Set<PropertyKey>();
    read.set(plain, seen);
    return new Proxy(plain, {
      get(target, key) {
        seen.add(key);
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'object' && value !== null ? watchedOnce(value) : value;
      },
    });
  };
  const proxies = new Map<object, object>();
  const watchedOnce = (plain: object): object => {
    const known = proxies.get(plain) ?? watch(plain);
    proxies.set(plain, known);
    return known;
  };
  return { value: watchedOnce(data), read, data };
}

/** The paths of the keys that were never asked for. */
export function unreadKeys({ data, read }: Watch): readonly string[] {
  const below = (value: object, path: string): readonly string[] =>
    Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
      const at = path === '' ? key : `${path}.${key}`;
      if (read.get(value)?.has(key) !== true) return [at];
      return typeof inner === 'object' && inner !== null ? below(inner, at) : [];
    });
  return below(data, '');
}
