/**
 * Runs work that uses the server's database outside a request, where it may be out of reach for a moment (PostgreSQL
 * restarts; docs/spec/delivery.md DS75): a timer skips its turn then, and tries again at the next.
 */
import { LogAwayError } from "../log/log.ts";

/** Returns true when the work was done, false when the database was away. Other errors pass through. */
export function unlessUnavailable(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof LogAwayError) return false;
    throw error;
  }
}
