/** Whether the app is locked (WE30), for the first frame; features/lock/guard.ts finds out and follows it. */
import { signal } from "@preact/signals";

export const lockKey = "yanshu.lock";

export const locked = signal(hasLock());

/** Whether a lock is on at this device. */
export function hasLock(): boolean {
  try {
    return localStorage.getItem(lockKey) === "1";
  } catch {
    return false;
  }
}
