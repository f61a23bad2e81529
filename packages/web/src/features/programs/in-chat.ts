/** The part of mini programs in a conversation. */
export { ProgramCard } from "./program-card.tsx";
