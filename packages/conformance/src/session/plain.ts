/**
 * What another process would get: the value written as JSON and read back. Throws, naming the path, where that would
 * not be the same value: functions, dates, maps, class instances, NaN, `undefined` in a list.
 */
export function revived<T>(state: T): T {
  check(state, 'state');
  // `check` has just made sure that JSON keeps the value's shape.
  return JSON.parse(JSON.stringify(state)) as T;
}

/** Makes any later change of the value, however deep, throw. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

function check(value: unknown, path: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0)) throw new Error(`${path} is ${value}, which JSON cannot say`);
    return;
  }
  if (typeof value !== 'object') throw new Error(`${path} is ${typeof value}, which JSON cannot say`);
  if (Array.isArray(value)) {
    value.forEach((part, index) => check(part, `${path}[${index}]`));
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new Error(`${path} is no plain object`);
  for (const [name, part] of Object.entries(value)) {
    if (part !== undefined) check(part, `${path}.${name}`);
  }
}
