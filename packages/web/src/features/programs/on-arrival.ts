/** What stands on the screen of a link that names a page of a program, in the bundle `on-arrival` (build/chunks.ts). */
export { LinkedProgram } from "./linked.tsx";
