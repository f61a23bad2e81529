/**
 * Stale: decides what follows when the gate refuses a post because its epoch is over (docs/spec/sync.md SY19).
 *
 * The answer and the commits come on two connections, and either may be late: this device's epoch may be older than the
 * one that the gate names, or newer by commits that came meanwhile. Neither is evidence against the gate.
 */

/** Epochs: of the post, of the state held now, and the one that the gate names. */
export type Stale = {
  readonly posted: number | undefined;
  readonly held: number | undefined;
  readonly named: number;
};

/**
 * `wait` for the commit in the queue; `resync`, because the gate lies or was set back; `again`: encrypt for the epoch
 * held now.
 */
export function afterStale({ posted, held, named }: Stale): "wait" | "resync" | "again" {
  if (held === undefined || named > held) return "wait";
  // The gate names the epoch of the post, or an earlier one, so it contradicts itself.
  return posted === undefined || named <= posted ? "resync" : "again";
}
