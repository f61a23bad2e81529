/** What service accounts add to a conversation. */
export { FormCard } from "./form-card.tsx";
export { Press } from "./press.tsx";
