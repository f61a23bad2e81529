/**
 * Stale: what it means when the gate refuses a post because its epoch is over (docs/spec/sync.md SY19).
 *
 * The answer and the commits come on two connections, and either may be late: what this device holds may be behind
 * the epoch that the gate names, or ahead of it by commits that came meanwhile. Neither says anything against the gate.
 */

/** Epochs: that of the post, that which is held now, that which the gate names. */
export type Stale = {
  readonly posted: number | undefined;
  readonly held: number | undefined;
  readonly named: number;
};

/**
 * `wait` for the commit in the queue; `resync`, for the gate lies or was set back; `again`, under the epoch that is
 * held.
 */
export function afterStale({ posted, held, named }: Stale): "wait" | "resync" | "again" {
  if (held === undefined || named > held) return "wait";
  // Stale by the very epoch that was posted for, or by one before it.
  return posted === undefined || named <= posted ? "resync" : "again";
}
