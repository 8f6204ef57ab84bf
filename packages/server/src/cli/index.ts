export { commandsReference } from './reference.ts';
