/** Whether the files of the store are gone (docs/spec/store.md ST41), for a page whose worker cannot say so. */
import { isDatabaseGone } from "@yanshu/store/browser/files";
import { storeName } from "../shared/lock-record.ts";

/** Neither of the two is there: while the lock is turned on or off, one of them goes as it should. */
export async function isStoreGone(): Promise<boolean> {
  const gone = await Promise.all([false, true].map((isLockOn) => isDatabaseGone(storeName(isLockOn))));
  return gone.every((one) => one);
}
