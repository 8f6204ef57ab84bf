import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { SqlValue } from '../../storage/index.ts';
import type { CommunitySchema } from './schema.ts';

/** Builds and compiles; it never runs anything. */
const builder = new Kysely<CommunitySchema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** Stands in a statement for a value that is given when it runs. */
class Hole {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export interface Statement<Values> {
  readonly sql: string;
  bind(values: Values): SqlValue[];
}

/** Compiled once: building a query on each call costs a third of the throughput (kernel K1). */
export function statement<Values extends { readonly [Name in keyof Values]: SqlValue }>(
  build: (
    db: Kysely<CommunitySchema>,
    values: Values,
  ) => { compile(): { sql: string; parameters: readonly unknown[] } },
): Statement<Values> {
  const holes = new Proxy({}, { get: (_, name) => new Hole(String(name)) });
  // Each hole only takes the place of a value of its type; `bind` puts the value there.
  const { sql, parameters } = build(builder, holes as Values).compile();
  return {
    sql,
    bind(values) {
      const given = new Map<string, SqlValue>(Object.entries(values));
      return parameters.map((parameter) => {
        if (!(parameter instanceof Hole)) return constant(parameter);
        const value = given.get(parameter.name);
        if (value === undefined) throw new Error(`the statement lacks ${parameter.name}: ${sql}`);
        return value;
      });
    },
  };
}

function constant(parameter: unknown): SqlValue {
  if (parameter === null || typeof parameter === 'string' || typeof parameter === 'number') return parameter;
  throw new Error('a constant of a statement is text, a number or null');
}
