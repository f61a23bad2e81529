/** A new device comes in by one that is there. */
export { LinkNew } from "./link-new.tsx";
