import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** 32 MiB and about 60 ms of one core for each guess (RFC 7914). */
const COST = 2 ** 15;
const BLOCK = 8;
const BYTES = 32;
const FORM = /^scrypt\$(\d{1,8})\$(\d{1,2})\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

/** `scrypt$N$r$salt$hash`; the costs stand in it, so that they may rise later. Runs off the event loop. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST, BLOCK);
  return ['scrypt', COST, BLOCK, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Takes as long for an account without a password, so that the answer's time tells nothing. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, cost = COST, block = BLOCK, salt = '', hash = ''] = FORM.exec(stored ?? '') ?? [];
  const derived = await derive(password, Buffer.from(salt, 'base64url'), Number(cost), Number(block));
  const wanted = Buffer.from(hash, 'base64url');
  return wanted.length === BYTES && timingSafeEqual(derived, wanted);
}

function derive(password: string, salt: Buffer, cost: number, blockSize: number): Promise<Buffer> {
  const options = { cost, blockSize, parallelization: 1, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    // One spelling of what looks the same (RFC 8265 §4.2).
    scrypt(password.normalize('NFC'), salt, BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
