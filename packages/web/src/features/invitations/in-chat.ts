/** An invitation in a conversation. */
import type { InChat } from "../../feature.ts";

export { GroupCard } from "./group-card.tsx";

export const inChat: InChat = {};
