/** Starts what runs in the background and shows nothing itself; loaded after the first frame (WE12). */
import { startListHands } from "../chats/swipe-rows.ts";
import { isStoreGone } from "../worker/store-gone.ts";
import { watchWork } from "./at-work.ts";
import { features } from "./features.ts";
import { watchWorker } from "./pulse.ts";
import { ping, tellAtWork } from "./session.ts";
import { startSwipeBack } from "./swipe-back.ts";
import { startUpdates } from "./updates.ts";

export function startUnseen(): void {
  startUpdates();
  startSwipeBack();
  startListHands();
  watchWork(globalThis, tellAtWork);
  watchWorker({ ping, isStoreGone }, () => {
    for (const feature of features()) void feature.workerGone?.().then((m) => m.workerGone());
  });
}
