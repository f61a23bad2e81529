/** Links in a conversation: their cards, and what was shared with the app. */
export { LinkCard } from "./link-card.tsx";
export { LinkStrip } from "./link-strip.tsx";
export { Shared } from "./shared.tsx";
