/** Counts by name, and forgets names that are back at nothing. */
export class Counter {
  private readonly counts = new Map<string, number>();

  /** `false`, without counting, when the name is at its limit. */
  add(name: string, limit: number): boolean {
    const count = this.counts.get(name) ?? 0;
    if (count >= limit) return false;
    this.counts.set(name, count + 1);
    return true;
  }

  remove(name: string): void {
    const count = this.counts.get(name) ?? 0;
    if (count <= 1) this.counts.delete(name);
    else this.counts.set(name, count - 1);
  }
}
