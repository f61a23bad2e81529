/** Whether the files of the store are gone (docs/spec/store.md ST41), for a page whose worker cannot say so. */
import { isDatabaseGone } from "@yanshu/store/browser/files";
import { storeName } from "../lock-record.ts";

export function isStoreGone(isLockOn: boolean): Promise<boolean> {
  return isDatabaseGone(storeName(isLockOn));
}
