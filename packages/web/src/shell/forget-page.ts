/**
 * Deletes what the page and the service worker keep outside of the store, after the account is gone
 * (docs/spec/keeping.md KP2). Language, text size, look and the accepted version belong to the device and stay. Then
 * the page reloads.
 */
import { dropLock } from "../shared/lock-passkey.ts";
import { beginAgain } from "./alarm.ts";

const keptKeys: ReadonlySet<string> = new Set(["yanshu.prefs", "yanshu.release"]);
/** Caches: names for notices, what another app shared, films that were watched. The app's files stay. */
const forgotten = ["yanshu-words", "yanshu-shared", "yanshu-films"];

export async function forgetPage(): Promise<void> {
  try {
    for (const key of Object.keys(localStorage)) if (!keptKeys.has(key)) localStorage.removeItem(key);
    for (const name of forgotten) await caches.delete(name);
    const worker = await navigator.serviceWorker?.getRegistration();
    await (await worker?.pushManager?.getSubscription())?.unsubscribe();
    await (await navigator.storage.getDirectory()).removeEntry("yanshu-export.zip").catch(() => undefined);
    await dropLock();
  } catch {
    // A private window refuses storage, and so kept nothing.
  }
  beginAgain("/");
}
