/** The core's screen in the bundle `in-contacts` (build/chunks.ts). */
export { Contacts } from "./contacts.tsx";
