/** The kinds of conversation that this version knows: one line each. */
import { direct } from "./direct.ts";
import { group } from "./group.ts";
import { type ConversationRules, kindTable } from "./kind.ts";
import { own } from "./own.ts";

const list = [group, direct, own] as const satisfies readonly ConversationRules[];

export { type Admission, type ConversationRules, type KindTable, kindTable } from "./kind.ts";
/** Of stored rows and of screens also the name of a kind that a later version wrote. */
export type ConversationKind = (typeof list)[number]["name"] | (string & {});

export const knownKinds = kindTable(list);
