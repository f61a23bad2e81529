/** Screens for recovery by card or passkey, and for setting these up. */
export { CameBackStrip } from "./came-back.tsx";
export { Restore } from "./restore.tsx";
export { WayBack } from "./way-back.tsx";
