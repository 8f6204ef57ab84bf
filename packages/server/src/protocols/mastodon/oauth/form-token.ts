import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PARAMETERS, type Parameters } from './request.ts';

const LIFETIME_MS = 900_000;
const FORM = /^(\d{1,16})\.([A-Za-z0-9_-]{43})$/;

/**
 * Proves that a form was made here, a short while ago, for these very parameters: nobody can prepare one that signs
 * somebody in for another application. The key lives as long as the process; a form from before is shown again.
 */
export class FormTokens {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  make(parameters: Parameters): string {
    const until = this.#now() + LIFETIME_MS;
    return `${until}.${this.#sign(until, parameters).toString('base64url')}`;
  }

  isValid(text: unknown, parameters: Parameters): boolean {
    const [, until, signature] = FORM.exec(typeof text === 'string' ? text : '') ?? [];
    if (until === undefined || signature === undefined || Number(until) <= this.#now()) return false;
    return timingSafeEqual(Buffer.from(signature, 'base64url'), this.#sign(Number(until), parameters));
  }

  #sign(until: number, parameters: Parameters): Buffer {
    const said = JSON.stringify([until, ...PARAMETERS.map((name) => parameters[name] ?? null)]);
    return createHmac('sha256', this.#key).update(said).digest();
  }
}
