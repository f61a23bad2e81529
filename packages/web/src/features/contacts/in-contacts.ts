/** Screens that are opened from the contacts, in their bundle (build/chunks.ts). */
export { Contact } from "./contact.tsx";
export { MyQr } from "./my-qr.tsx";
export { Requests } from "./requests.tsx";
export { Tags } from "./tags.tsx";
