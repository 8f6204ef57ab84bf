/** What one step of `npm run check` saw. A step that read nothing has proved nothing, and is red. */
export interface Finding {
  readonly name: string;
  /** What was read, with numbers. */
  readonly read: string;
  readonly vacuous: boolean;
  readonly violations: readonly string[];
}

export function isRed({ vacuous, violations }: Finding): boolean {
  return vacuous || violations.length > 0;
}
