import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;
export type Range = readonly [Address, number];

/** An IPv4 address that came mapped into IPv6 is that IPv4 address. Null where the text is no address. */
export const parseAddress = (text: string): Address | null => (ipaddr.isValid(text) ? ipaddr.process(text) : null);

/** An address or a range in CIDR; null where the text is neither. */
export function parseRange(text: string): Range | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = parseAddress(text);
  return address === null ? null : [address, address.kind() === 'ipv4' ? 32 : 128];
}

export const isWithin = (address: Address, ranges: readonly Range[]): boolean =>
  ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
