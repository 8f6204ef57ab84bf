import { mutate } from '../../../src/transport/testing/mutator.ts';
import { conversationOf, handshake } from './conversation.ts';
import { encodeFrame, TEXT } from './frames.ts';
import { encode } from './one-field.ts';
import type { Random } from './random.ts';
import { FACES, seedOf, type World } from './seeds.ts';

/** Bytes that are no request, or were one before they were cut or damaged in many places. */
export function noise(world: World, n: number, random: Random): Buffer {
  const valid = random.chance(0.3) ? conversation(world, n) : encode(seedOf(random.of(FACES), world, random, n));
  switch (random.below(5)) {
    case 0:
      return randomBytes(random, 1 + random.below(2_000));
    case 1:
      return valid.subarray(0, random.below(valid.length));
    case 2:
      return Buffer.concat([valid, randomBytes(random, 1 + random.below(300))]);
    case 3:
      return Buffer.concat([handshake(world), randomBytes(random, 1 + random.below(500))]);
    default:
      return mutate(valid, random.fraction, 2 + random.below(30));
  }
}

function conversation(world: World, n: number): Buffer {
  const frames = conversationOf(world, n).map((message) =>
    encodeFrame({ opcode: TEXT, payload: Buffer.from(JSON.stringify(message)) }),
  );
  return Buffer.concat([handshake(world), ...frames]);
}

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}
