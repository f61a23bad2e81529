/** The kinds of conversation that this client knows: one line each. */
import { direct } from "./direct.ts";
import { group } from "./group.ts";
import { type ConversationDef, conversationKinds } from "./kind.ts";
import { own } from "./own.ts";

export const clientKinds = [group, direct, own] as const satisfies readonly ConversationDef[];

export const knownConversationKinds = conversationKinds(clientKinds);
