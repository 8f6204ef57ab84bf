import type { LogCase } from './contract.ts';
import { crash } from './crash.ts';
import { durableView } from './durable-view.ts';
import { erasing } from './erasing.ts';
import { idempotence } from './idempotence.ts';
import { model } from './model.ts';
import { order } from './order.ts';
import { reading } from './reading.ts';
import { restart } from './restart.ts';
import { retention } from './retention.ts';

/** Every promise of a log, one by one. */
export const LOG_CASES: readonly LogCase[] = [
  ...order,
  ...idempotence,
  ...reading,
  ...durableView,
  ...erasing,
  ...retention,
  ...restart,
  ...crash,
  ...model,
];

/** Written by hand, so that a case that gets lost is noticed. */
export const LOG_CASE_COUNT = 42;
