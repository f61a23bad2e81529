/** Preloaded into the server (BUN_OPTIONS), so that its clock agrees with that of the browsers. */
import { shiftClock } from "./steady.ts";

shiftClock(Number(process.env["STEADY_SHIFT_MS"]));
