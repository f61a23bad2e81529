/** What runs beside the screens and shows nothing: it loads once the first frame stands (WE12). */
import { startNotices } from "../features/notices/notices.ts";
import { watchWork } from "./at-work.ts";
import { tellAtWork } from "./session.ts";

export function startUnseen(): void {
  startNotices();
  watchWork(globalThis, tellAtWork);
}
