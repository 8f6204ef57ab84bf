import { invalid } from '../http/index.ts';

/** The point that must stay visible when an image is cut: `x,y`, both from -1 to 1. */
export function readFocus(text: string | undefined): { readonly focus?: readonly [number, number] } {
  if (text === undefined || text === '') return {};
  const [x, y, ...more] = text.split(',').map(Number);
  const isWithin = (value: number | undefined): value is number => value !== undefined && Math.abs(value) <= 1;
  if (!isWithin(x) || !isWithin(y) || more.length > 0) throw invalid('focus must be two numbers from -1 to 1');
  return { focus: [x, y] };
}
