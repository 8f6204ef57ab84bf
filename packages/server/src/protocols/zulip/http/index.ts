export { refusedProblem } from './answer.ts';
export { addressOf, Call, readId } from './call.ts';
export type { Endpoint } from './endpoint.ts';
export { endpoint } from './endpoint.ts';
export { notPermitted, Refusal, tooMany, unknownAddress } from './failure.ts';
export { alias, json, optional, otherwise, text } from './parameter.ts';
export { createRest } from './rest.ts';
