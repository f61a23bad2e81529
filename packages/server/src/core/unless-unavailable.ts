/** Unless unavailable: what reads the log outside a transaction, where the database may be out of reach for a moment (docs/spec/delivery.md DS75). */
import { LogAwayError } from "../log/log.ts";

/** Returns whether the database was there; then all of it was done. */
export function unlessUnavailable(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof LogAwayError) return false;
    throw error;
  }
}
