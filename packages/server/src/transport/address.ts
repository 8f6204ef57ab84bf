import { BlockList, isIP, isIPv6 } from 'node:net';

/** Whether a host name or address (IPv6 with or without brackets) names this machine only. */
export function isLoopbackAddress(name: string): boolean {
  const bare = name.startsWith('[') ? name.slice(1, -1) : name;
  if (bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1') return true;
  return isIP(bare) === 4 && bare.startsWith('127.');
}

/** A peer's address in its shortest usual form: IPv4 in IPv6 clothes is IPv4. */
function plainAddress(address: string): string {
  const mapped = address.startsWith('::ffff:') ? address.slice(7) : address;
  return isIP(mapped) === 4 ? mapped : address;
}

/**
 * Who limits count: IPv4 addresses one by one, IPv6 by its /64, because one host may take any address of its network
 * (RFC 4291 §2.5.4).
 */
export function countedAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1).join('').toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...new Array<string>(gap).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** Finds the client's address: the peer, or what trusted proxies in front of it forwarded. */
export type AddressOf = (peer: string | undefined, forwardedFor: string | readonly string[] | undefined) => string;

/**
 * Believes `X-Forwarded-For` only from these addresses or CIDR ranges, read from the right: the first address that
 * is no trusted proxy is the client. Throws on a range that is none.
 */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const trusted = new BlockList();
  for (const range of trustedProxies) addRange(trusted, range);
  const isTrusted = (address: string): boolean => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  return (peer, forwardedFor) => {
    let client = plainAddress(peer ?? '');
    if (forwardedFor === undefined || trustedProxies.length === 0) return client;
    const hops = String(forwardedFor).split(',');
    while (hops.length > 0 && isTrusted(client)) {
      const hop = plainAddress((hops.pop() ?? '').trim());
      if (isIP(hop) === 0) return client;
      client = hop;
    }
    return client;
  };
}

function addRange(list: BlockList, range: string): void {
  const [address = '', prefix] = range.split('/');
  const family = isIP(address);
  const bits = prefix === undefined ? undefined : Number(prefix);
  if (
    family === 0 ||
    (bits !== undefined && !(Number.isInteger(bits) && bits >= 0 && bits <= (family === 4 ? 32 : 128)))
  ) {
    throw new Error(`"${range}" is neither an address nor a CIDR range`);
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (bits === undefined) list.addAddress(address, kind);
  else list.addSubnet(address, bits, kind);
}
