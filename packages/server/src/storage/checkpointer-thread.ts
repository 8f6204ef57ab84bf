import { runCheckpointer } from './checkpointer.ts';

runCheckpointer();
