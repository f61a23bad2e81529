/** What stands on the screen of a link of a service account, in the bundle `on-arrival` (build/parts.ts). */
export { LinkedScene } from "./linked.tsx";
