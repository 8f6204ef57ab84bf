export interface Pixels {
  /** Four bytes each, row by row. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Where a pixel of the upright image stands in the stored one, by Exif's orientation (CIPA DC-008 §4.6.5.1). */
const SOURCES: Readonly<
  Record<number, (x: number, y: number, right: number, bottom: number) => readonly [number, number]>
> = {
  2: (x, y, right) => [right - x, y],
  3: (x, y, right, bottom) => [right - x, bottom - y],
  4: (x, y, _, bottom) => [x, bottom - y],
  5: (x, y) => [y, x],
  6: (x, y, _, bottom) => [y, bottom - x],
  7: (x, y, right, bottom) => [right - y, bottom - x],
  8: (x, y, right) => [right - y, x],
};

/** Turns and mirrors the image as its camera says it was held. */
export function upright(image: Pixels, orientation: number): Pixels {
  const source = SOURCES[orientation];
  if (!source) return image;
  const isTurned = orientation > 4;
  const [width, height] = isTurned ? [image.height, image.width] : [image.width, image.height];
  const pixels = new Uint8Array(image.pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = source(x, y, image.width - 1, image.height - 1);
      const from = (fromY * image.width + fromX) * 4;
      pixels.set(image.pixels.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return { pixels, width, height };
}
