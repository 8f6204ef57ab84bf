/** A small seeded generator (mulberry32): the same numbers on every machine. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NASTY = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  ':',
  ',',
  '%00',
  '../',
  'chunked',
  '-1',
  '18446744073709551616',
  '\xff\xfe',
].map((text) => Buffer.from(text, 'latin1'));

/** The input with `times` random changes: bits flipped, bytes cut, doubled, inserted, swapped, the end lost. */
export function mutate(input: Buffer, random: () => number, times: number): Buffer {
  let bytes: Buffer = Buffer.from(input);
  for (let round = 0; round < times; round += 1) bytes = changed(bytes, random);
  return bytes;
}

function changed(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length);
  const to = Math.min(bytes.length, at + 1 + Math.floor(random() * 16));
  const insert = (piece: Buffer): Buffer => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  switch (Math.floor(random() * 6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      return flipped;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    case 2:
      return insert(bytes.subarray(at, to));
    case 3:
      return insert(NASTY[Math.floor(random() * NASTY.length)] ?? Buffer.alloc(0));
    case 4:
      return insert(Buffer.alloc(1 + Math.floor(random() * 300), Math.floor(random() * 256)));
    default:
      return Buffer.from(bytes.subarray(0, at));
  }
}
