/** The screen of an opened link, in the bundle `on-arrival` (build/chunks.ts). */
export { OpenedLink } from "./opened-link.tsx";
