import ipaddr from 'ipaddr.js';

/**
 * The address that an echo told, in its canonical form: plain text, or JSON with the key `ip`. Null for anything else, also for a list: what
 * proxies on the way have claimed (X-Forwarded-For) is no address that a firewall would see.
 */
export function addressIn(text: string): string | null {
  const written = text.trim();
  return canonical(written.startsWith('{') ? ipOf(written) : written);
}

function ipOf(json: string): string {
  try {
    const parsed: unknown = JSON.parse(json);
    if (parsed !== null && typeof parsed === 'object' && 'ip' in parsed && typeof parsed.ip === 'string')
      return parsed.ip;
  } catch {
    // Cut off or no JSON at all: there is no address in it.
  }
  return '';
}

/** ipaddr.js alone would take `1` and `0x7f.1` too. An IPv4 address mapped into IPv6 (RFC 4291 2.5.5.2) is an IPv4 address. */
function canonical(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString();
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  return ipaddr.process(text).toString();
}
