/** A link that somebody opened. */
export { OpenedLink } from "./opened-link.tsx";
