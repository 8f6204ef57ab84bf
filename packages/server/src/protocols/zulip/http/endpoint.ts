import type { Answer } from './answer.ts';
import type { Call } from './call.ts';
import type { Fields } from './fields.ts';
import type { Parameters, Values } from './parameter.ts';
import { readParameters } from './read-parameters.ts';

export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `anyone` is never asked who it is; the others need an API key with that scope. */
export type Access = 'anyone' | 'read' | 'write';

/** One call, described once: it is routed, read and documented from here. */
export interface Endpoint {
  readonly verb: Verb;
  /** Below `/api/v1`, with `:name` for what is any text. */
  readonly path: string;
  readonly access: Access;
  /** One sentence for the reference page. */
  readonly about: string;
  readonly parameters: Parameters;
  answer(call: Call, fields: Fields): Promise<Answer>;
}

export interface Description<All extends Parameters> extends Pick<Endpoint, 'access' | 'about'> {
  readonly parameters: All;
  readonly run: (call: Call, values: Values<All>) => Answer | Promise<Answer>;
}

/** An endpoint: `endpoint('GET /users/me', { … })`. */
export function endpoint<All extends Parameters>(
  address: `${Verb} /${string}`,
  { access, about, parameters, run }: Description<All>,
): Endpoint {
  const [verb, path = ''] = address.split(' ');
  return {
    // The type of the address says so.
    verb: verb as Verb,
    path,
    access,
    about,
    parameters,
    answer: async (call, fields) => run(call, readParameters(parameters, fields)),
  };
}
