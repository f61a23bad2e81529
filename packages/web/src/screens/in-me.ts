/** The core's screens in the bundle `in-me` (build/chunks.ts). */
export { MeScreen } from "./me.tsx";
export { Settings } from "./settings.tsx";
export { SignedOut } from "./signed-out.tsx";
