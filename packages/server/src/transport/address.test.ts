import { expect, it } from 'vitest';
import { countedAddress, createAddressOf, isLoopbackAddress } from './address.ts';

it.each([
  ['10.0.0.1', '203.0.113.9', '10.0.0.1', 'an untrusted peer is itself, whatever it forwards'],
  ['192.0.2.1', '203.0.113.9', '203.0.113.9', 'a trusted proxy is believed'],
  ['::ffff:192.0.2.1', '203.0.113.9', '203.0.113.9', 'in IPv6 clothes too'],
  ['192.0.2.1', '6.6.6.6, 203.0.113.9, 192.0.2.77', '203.0.113.9', 'only as far as trusted hops reach'],
  ['192.0.2.1', 'unknown', '192.0.2.1', 'what is no address is not believed'],
  ['192.0.2.1', undefined, '192.0.2.1', 'nothing forwarded'],
  ['2001:db8::1', '2001:db8:9::1', '2001:db8:9::1', 'IPv6 ranges'],
])(
  'A24: peer %s forwarding %s is %s: %s',
  (peer: string, forwarded: string | undefined, expected: string, _why: string) => {
    const addressOf = createAddressOf(['192.0.2.0/24', '2001:db8::/48']);

    expect(addressOf(peer, forwarded)).toBe(expected);
  },
);

it.each(['nonsense', '10.0.0.0/33', '::1/129', '10.0.0.0/x'])('names the range %s that is none', (range) => {
  expect(() => createAddressOf([range])).toThrow(range);
});

it('counts IPv6 by its /64 and IPv4 by itself', () => {
  expect(countedAddress('2001:db8:0:1::5')).toBe(countedAddress('2001:0db8:0:1:ffff::9'));
  expect(countedAddress('2001:db8:0:1::5')).not.toBe(countedAddress('2001:db8:0:2::5'));
  expect(countedAddress('203.0.113.9')).toBe('203.0.113.9');
});

it.each([
  ['localhost', true],
  ['a.localhost', true],
  ['127.1.2.3', true],
  ['[::1]', true],
  ['127.0.0.1.example', false],
  ['localhost.example', false],
  ['10.0.0.1', false],
])('%s names this machine: %s', (name, expected) => {
  expect(isLoopbackAddress(name)).toBe(expected);
});
