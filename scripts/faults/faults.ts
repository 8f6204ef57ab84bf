import { bitRot } from './bit-rot.ts';
import type { Fault } from './fault.ts';
import { flush } from './flush.ts';
import { full } from './full.ts';
import { kill } from './kill.ts';
import { power } from './power.ts';
import { tornTail } from './torn-tail.ts';

export const FAULTS: readonly Fault[] = [kill, power, flush, full, tornTail, bitRot];
