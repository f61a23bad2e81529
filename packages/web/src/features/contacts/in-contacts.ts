/** What one opens from the contacts. */
export { Contact } from "./contact.tsx";
export { MyQr } from "./my-qr.tsx";
export { Requests } from "./requests.tsx";
export { Tags } from "./tags.tsx";
