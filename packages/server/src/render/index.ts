export { type BodyRenderer, createBodyRenderer } from './body-renderer.ts';
