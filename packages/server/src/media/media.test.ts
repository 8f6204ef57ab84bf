import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { CarillonError } from '@carillon/core';
import { PhotonImage } from '@silvia-odwyer/photon-node';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createImageDecoder } from './decode-image.ts';
import { readImageHeader } from './image-header.ts';
import { createMediaStore } from './store.ts';
import { stripMetadata } from './strip-metadata.ts';
import { createUploadRoom } from './upload-room.ts';
import { upright } from './upright.ts';

const directory = mkdtempSync(join(tmpdir(), 'carillon-media-'));
afterAll(() => rmSync(directory, { recursive: true }));
const store = createMediaStore({ directory, maxBytes: 1_000_000, maxPixels: 1_000_000, maxUploadBytes: 4_000_000 });
const save = (bytes: Buffer) => store.save(bytes, 'juliet');

/** Left half red, right half blue. */
function picture(width: number, height: number): PhotonImage {
  const pixels = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    pixels.set(at % width < width / 2 ? [255, 0, 0, 255] : [0, 0, 255, 255], at * 4);
  }
  return new PhotonImage(pixels, width, height);
}
const png = (width: number, height: number) => Buffer.from(picture(width, height).get_bytes());
const jpeg = (width: number, height: number) => Buffer.from(picture(width, height).get_bytes_jpeg(90));
const webp = (width: number, height: number) => Buffer.from(picture(width, height).get_bytes_webp());
const GIF = Buffer.from('R0lGODlhAgABAIAAAP8AAAAA/ywAAAAAAgABAAACAkQKADs=', 'base64');

/** The image with another chunk behind its head. */
function withChunk(image: Buffer, name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([image.subarray(0, 33), length, body, sum, image.subarray(33)]);
}

/** A colour profile's chunk, which unpacks to so many zeros. */
const profile = (length: number) =>
  Buffer.concat([Buffer.from('profile\0\0', 'latin1'), deflateSync(Buffer.alloc(length))]);

/** A JPEG as a camera makes it: with an orientation, a place and a comment. */
function photograph(orientation: number, width = 60, height = 40): Buffer {
  const plain = jpeg(width, height);
  const tiff = Buffer.concat([
    Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0]),
    Buffer.from([0x0e, 0x01, 2, 0, 6, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from('45.4408N 12.3155E'),
  ]);
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif]);
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 8]), Buffer.from('secret')]);
  return Buffer.concat([plain.subarray(0, 2), segment, comment, plain.subarray(2)]);
}

describe('headers', () => {
  test.each([
    ['png', png(31, 17), 31, 17],
    ['jpeg', jpeg(31, 17), 31, 17],
    ['webp', webp(31, 17), 31, 17],
    ['gif', GIF, 2, 1],
  ])('the size of a %s is read from its head', (format, bytes, width, height) => {
    expect(readImageHeader(bytes)).toEqual({ format, width, height, orientation: 1 });
  });

  test('any bytes are read without harm', () => {
    const beginnings = [png(3, 3), photograph(6), webp(3, 3), GIF];
    fc.assert(
      fc.property(
        fc.constantFrom(...beginnings),
        fc.nat(400),
        fc.uint8Array({ maxLength: 200 }),
        (base, cut, noise) => {
          const bytes = Buffer.concat([base.subarray(0, cut), noise]);
          const header = readImageHeader(bytes);
          if (header) stripMetadata(bytes, header);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('what is kept', () => {
  test('a small image is kept as it is, with its size and a blur', async () => {
    const bytes = png(40, 20);

    const saved = await save(bytes);

    expect(saved).toEqual({
      type: 'image',
      contentType: 'image/png',
      file: expect.stringMatching(/^[0-9a-f]{32}\.png$/),
      preview: null,
      meta: {
        original: { width: 40, height: 20, size: '40x20', aspect: 2 },
        small: { width: 40, height: 20, size: '40x20', aspect: 2 },
      },
      blurhash: expect.stringMatching(/^.{28}$/),
      bytes: bytes.length,
    });
    const found = await store.find(saved.file);
    expect(found).toEqual({ path: join(directory, saved.file), contentType: 'image/png', bytes: bytes.length });
    expect(readFileSync(found?.path ?? '')).toEqual(bytes);
    expect(statSync(found?.path ?? '').mode & 0o777).toBe(0o600);
  });

  test('a large image gets a preview of the same form', async () => {
    const saved = await save(webp(1_000, 800));

    expect(saved.meta).toMatchObject({
      original: { width: 1_000, height: 800 },
      small: { width: 537, height: 429 },
    });
    const preview = await store.find(saved.preview ?? '');
    expect(preview?.contentType).toBe('image/webp');
    expect(readImageHeader(readFileSync(preview?.path ?? ''))).toMatchObject({ width: 537, height: 429 });
  });

  test('a photograph loses its place and comment, and stands upright', async () => {
    const saved = await save(photograph(6));

    expect(saved.meta).toMatchObject({ original: { width: 40, height: 60 } });
    const kept = readFileSync(join(directory, saved.file));
    expect(kept.includes('45.4408N')).toBe(false);
    expect(kept.includes('secret')).toBe(false);
    expect(readImageHeader(kept)).toEqual({ format: 'jpeg', width: 60, height: 40, orientation: 6 });
    expect(PhotonImage.new_from_byteslice(kept).get_width()).toBe(60);
  });

  test('what stands behind the end of a PNG and in its texts is not kept', async () => {
    const bytes = png(4, 4);
    const text = Buffer.from([0, 0, 0, 6, ...Buffer.from('tEXtsecret'), 1, 2, 3, 4]);
    const told = Buffer.concat([bytes.subarray(0, 33), text, bytes.subarray(33), Buffer.from('<script>')]);

    const kept = stripMetadata(told, { format: 'png', width: 4, height: 4, orientation: 1 });

    expect(kept).toEqual(bytes);
  });

  test.each([
    ['iCCP', profile(200_000_000)],
    ['iCCP', Buffer.from('no profile')],
    ['zTXt', profile(200_000_000)],
    ['iTXt', Buffer.concat([Buffer.from('words\0\x01\0\0\0', 'latin1'), deflateSync(Buffer.alloc(200_000_000))])],
  ])('a %s that unpacks to what no image needs is neither read nor kept', async (name, data) => {
    const plain = png(8, 8);

    const { file } = await save(withChunk(plain, name, data));

    expect(readFileSync(join(directory, file))).toEqual(plain);
  });

  test('a colour profile is kept, once', async () => {
    const bytes = withChunk(png(8, 8), 'iCCP', profile(3_000));

    const { file } = await save(withChunk(bytes, 'iCCP', profile(200)));
    const other = await save(bytes);

    expect(readFileSync(join(directory, file)).includes('iCCP')).toBe(true);
    expect(readFileSync(join(directory, file)).length).toBeLessThan(bytes.length);
    expect(readFileSync(join(directory, other.file))).toEqual(bytes);
  });

  test('a WebP whose last chunk promises flags and has none', async () => {
    const bytes = Buffer.concat([webp(8, 8), Buffer.from('VP8X\0\0\0\0', 'latin1')]);

    expect(await save(bytes)).toMatchObject({ contentType: 'image/webp' });
  });

  test.each([
    ['a film', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0', 'latin1'), 'video', 'video/mp4'],
    ['a song', Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), 'audio', 'audio/mpeg'],
  ])('%s is known by its beginning', async (_, bytes, type, contentType) => {
    expect(await save(bytes)).toMatchObject({ type, contentType, preview: null, blurhash: null, meta: {} });
  });
});

describe('what is refused', () => {
  test.each([
    ['text', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['nothing', Buffer.alloc(0)],
    ['half an image', jpeg(200, 200).subarray(0, 700)],
    ['a head without an image', png(20, 20).subarray(0, 40)],
    ['more pixels than allowed', png(1_001, 1_000)],
  ])('%s', async (_, bytes) => {
    const before = readdirSync(directory);

    await expect(save(bytes)).rejects.toMatchObject({ code: 'unprocessable' });

    expect(readdirSync(directory)).toEqual(before);
  });

  test('a head that promises more pixels than allowed is refused before anything is decoded', async () => {
    const bomb = png(8, 8);
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);

    await expect(save(bomb)).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('60000x60000'),
    });
  });

  test('a small image that unpacks to more than its pixels could take', async () => {
    const decoder = createImageDecoder(1_000_000);
    const bytes = withChunk(png(8, 8), 'iCCP', profile(200_000_000));

    expect(bytes.length).toBeLessThan(250_000);
    const job = { bytes, orientation: 1, previewPixels: 100, previewType: 'webp' } as const;
    await expect(decoder.decode(job, 'juliet')).rejects.toMatchObject({ code: 'unprocessable' });
  });

  test('too many bytes', async () => {
    await expect(save(Buffer.alloc(1_000_001))).rejects.toMatchObject({ code: 'too-large' });
  });

  test.each(['../secret.png', 'x', `${'0'.repeat(32)}.png`, ''])('a name that is not stored: %s', async (name) => {
    expect(await store.find(name)).toBeUndefined();
  });
});

test('files can be listed by age and removed, half-written ones too', async () => {
  const { file } = await save(png(2, 2));
  writeFileSync(join(directory, `${file}.part`), 'half');

  const old = await store.writtenBefore(Date.now() + 60_000);
  expect(old).toContain(file);
  expect(await store.writtenBefore(Date.now() - 60_000)).toEqual([]);
  await store.remove([file, `${file}.part`, file]);

  expect(readdirSync(directory).filter((name) => name.startsWith(file))).toEqual([]);
});

test.each([2, 3, 4, 5, 6, 7, 8])('orientation %i is undone by turning and mirroring', (orientation) => {
  // Two wide, three high: the numbers are where each pixel of the upright image is.
  const stored: Record<number, number[]> = {
    2: [1, 0, 3, 2, 5, 4],
    3: [5, 4, 3, 2, 1, 0],
    4: [4, 5, 2, 3, 0, 1],
    5: [0, 2, 4, 1, 3, 5],
    6: [1, 3, 5, 0, 2, 4],
    7: [5, 3, 1, 4, 2, 0],
    8: [4, 2, 0, 5, 3, 1],
  };
  const pixels = Uint8Array.from((stored[orientation] ?? []).flatMap((value) => [value, value, value, value]));
  const size = orientation > 4 ? { width: 3, height: 2 } : { width: 2, height: 3 };

  const turned = upright({ pixels, ...size }, orientation);

  expect(turned).toMatchObject({ width: 2, height: 3 });
  expect([...turned.pixels].filter((_, at) => at % 4 === 0)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('uploads beyond the room for them are refused until some are done', async () => {
  const room = createUploadRoom(1_000);
  const ends: (() => void)[] = [];
  const hold = (owner: string, contentLength: string | undefined) =>
    room
      .hold(
        { owner, contentLength, atMost: 400 },
        () => new Promise<string>((resolve) => ends.push(() => resolve('kept'))),
      )
      .catch(({ code, facts }: CarillonError) => [code, facts['retryAfter']]);
  const full = ['unavailable', 10];

  const first = [hold('juliet', '100'), hold('romeo', undefined), hold('nurse', '99999'), hold('juliet', '100')];
  expect(await hold('juliet', '100')).toEqual(full);
  expect(await hold('tybalt', '1')).toEqual(full);
  for (const end of ends.splice(0)) end();

  expect(await Promise.all(first)).toEqual(['kept', 'kept', 'kept', 'kept']);
  const alone = hold('juliet', undefined);
  ends.pop()?.();
  expect(await alone).toBe('kept');
});
