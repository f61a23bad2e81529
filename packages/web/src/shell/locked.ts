/** Whether the app is locked (WE30), for the first frame; features/lock/guard.ts then keeps it up to date. */
import { signal } from "@preact/signals";

export const lockKey = "yanshu.lock";

export const locked = signal(hasLock());

/** Whether the lock is turned on on this device. */
export function hasLock(): boolean {
  try {
    return localStorage.getItem(lockKey) === "1";
  } catch {
    return false;
  }
}
