/** Coming back by the card or a passkey, and setting them up. */
export { CameBackStrip } from "./came-back.tsx";
export { Restore } from "./restore.tsx";
export { WayBack } from "./way-back.tsx";
