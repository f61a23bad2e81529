/** Which chat's row was swiped aside, so that it shows what can be done with it (swipe-rows.ts, row-acts.tsx). */
import { signal } from "@preact/signals";

export const swiped = signal<string | undefined>(undefined);
