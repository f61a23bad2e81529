/** Holes of Moments, for tests in which home lies. */
export { Holes } from "../features/moments/holes.ts";
