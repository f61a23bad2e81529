/** The group in which a call of two goes on with more people (docs/spec/calls.md CA193). */
import { readConversations, readMembers } from "@yanshu/store";
import { type ConversationId, fromHex, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex } from "../../feature.ts";
import { mayBeIn } from "./group-rings.ts";

const lookMs = 100;
const foundedMsMax = 20_000;

/**
 * A group of exactly these people and oneself: the one where something was said last, or a new one of this name.
 * Resolves once its keys are there, so that a call can begin.
 * @throws ClientError `server-unreachable` where it could not be founded in time, and as `found` does.
 */
export async function groupToCall(context: FeatureContext, accounts: readonly Hex[], name: string): Promise<Hex> {
  const chat = groupOf(context, accounts) ?? context.found("group", name, accounts);
  const sinceMs = context.nowMs();
  while (context.group(fromHex(chat) as ConversationId) === undefined) {
    if (context.nowMs() - sinceMs >= foundedMsMax) throw new ClientError("server-unreachable");
    await new Promise<void>((resolve) => context.after(lookMs, resolve));
  }
  return chat;
}

function groupOf(context: FeatureContext, accounts: readonly Hex[]): Hex | undefined {
  const { db, own, group } = context;
  const wanted = new Set([toHex(own()), ...accounts]);
  const rows = readConversations(db).toSorted((a, b) => b.active_ms - a.active_ms);
  for (const { conversation } of rows) {
    if (group(conversation)?.kind.hasGroupCalls !== true) continue;
    const members = readMembers(db, conversation);
    if (members.length !== wanted.size || !members.every(({ account }) => wanted.has(toHex(account)))) continue;
    if (mayBeIn(context, conversation)) return toHex(conversation);
  }
  return undefined;
}
