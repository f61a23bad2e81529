/** What runs beside the screens and shows nothing of its own: it loads once the first frame stands (WE12). */
import { startDescribing } from "../features/devices/describe.ts";
import { startListHands } from "../features/lists/swipe-rows.ts";
import { beginWithout } from "../features/lock/guard.ts";
import { startNotices } from "../features/notices/notices.ts";
import { isStoreGone } from "../worker/store-gone.ts";
import { watchWork } from "./at-work.ts";
import { watchWorker } from "./pulse.ts";
import { ping, tellAtWork } from "./session.ts";
import { startSwipeBack } from "./swipe-back.ts";
import { startUpdates } from "./updates.ts";

export function startUnseen(): void {
  startUpdates();
  startDescribing();
  startNotices();
  startSwipeBack();
  startListHands();
  watchWork(globalThis, tellAtWork);
  watchWorker({ ping, isStoreGone }, () => void beginWithout());
}
