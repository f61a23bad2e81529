/** What the core shows of contacts (build/chunks.ts). */
export { Contacts } from "./contacts.tsx";
