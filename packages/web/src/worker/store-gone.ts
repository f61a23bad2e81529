/** Whether the files of the store are gone (docs/spec/store.md ST41), for a page whose worker cannot say so. */
import { isDatabaseGone } from "@yanshu/store/browser/files";
import { storeName } from "../shared/lock-record.ts";

/** True when both databases are missing: turning the lock on or off removes one of them as intended. */
export async function isStoreGone(): Promise<boolean> {
  const gone = await Promise.all([false, true].map((isLockOn) => isDatabaseGone(storeName(isLockOn))));
  return gone.every((one) => one);
}
