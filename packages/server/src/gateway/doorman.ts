/**
 * Doorman: how much may be open at once, from one place and in all (docs/spec/delivery.md DS60, DS61). Kept in memory only,
 * and nothing of a place stays once all of it has left.
 */
export type OpenLimits = { readonly prefix: number; readonly all: number };

export class Doorman {
  private readonly byPrefix = new Map<string, number>();
  private all = 0;
  private readonly max: OpenLimits;

  constructor(max: OpenLimits) {
    this.max = max;
  }

  /** Whether one more may come in; whoever did says so when they go. */
  enter(prefix: string | undefined): boolean {
    const here = prefix === undefined ? 0 : (this.byPrefix.get(prefix) ?? 0);
    if (this.all >= this.max.all || here >= this.max.prefix) return false;
    this.all++;
    if (prefix !== undefined) this.byPrefix.set(prefix, here + 1);
    return true;
  }

  get isEmpty(): boolean {
    return this.all === 0;
  }

  leave(prefix: string | undefined): void {
    this.all--;
    if (prefix === undefined) return;
    const here = (this.byPrefix.get(prefix) ?? 1) - 1;
    if (here === 0) this.byPrefix.delete(prefix);
    else this.byPrefix.set(prefix, here);
  }
}
