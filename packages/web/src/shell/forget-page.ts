/**
 * Forgetting beside the store (docs/spec/keeping.md KP2): what the page and the service worker keep of somebody who is
 * gone. Language, size and look are the device's, and so is which version it took. Then the app begins anew, as one
 * that was just opened.
 */
import { dropLock } from "../shared/lock-passkey.ts";
import { beginAgain } from "./alarm.ts";

const keptKeys: ReadonlySet<string> = new Set(["yanshu.prefs", "yanshu.release"]);
/** Of the service worker: names in notices, and what another app shared. Its own files stay. */
const forgotten = ["yanshu-words", "yanshu-shared"];

export async function forgetPage(): Promise<void> {
  try {
    for (const key of Object.keys(localStorage)) if (!keptKeys.has(key)) localStorage.removeItem(key);
    for (const name of forgotten) await caches.delete(name);
    const worker = await navigator.serviceWorker?.getRegistration();
    await (await worker?.pushManager?.getSubscription())?.unsubscribe();
    await (await navigator.storage.getDirectory()).removeEntry("yanshu-export.zip").catch(() => undefined);
    await dropLock();
  } catch {
    // A private window keeps nothing of this.
  }
  beginAgain("/");
}
