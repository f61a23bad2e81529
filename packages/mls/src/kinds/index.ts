/** The kinds of conversation that this version knows: group, 1:1 (direct) and own devices. */
import { direct } from "./direct.ts";
import { group } from "./group.ts";
import { type ConversationRules, kindTable } from "./kind.ts";
import { own } from "./own.ts";

const list = [group, direct, own] as const satisfies readonly ConversationRules[];

export { type Admission, type ConversationRules, type KindTable, kindTable } from "./kind.ts";
/** The name of a kind. A stored row may have another name, which a later version wrote. */
export type ConversationKind = (typeof list)[number]["name"] | (string & {});

export const knownKinds = kindTable(list);
