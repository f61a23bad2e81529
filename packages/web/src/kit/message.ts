/** A message on screen: its reference for the client, the text that is copied, the text of a quote. */
import type { MessageRef, TimelineItem } from "@yanshu/client";
import type { ItemKind, Said } from "../feature.ts";
import { byName } from "../shell/features.ts";
import { kindWords } from "./kind-words.ts";

/** The message's reference in calls of the client. */
export function refOf({ from, id }: TimelineItem): MessageRef {
  return { author: from.account, id };
}

/** A message of somebody, not a system line. */
export function isMessage({ body }: TimelineItem): boolean {
  return body.kind !== "system";
}

const saidBy = byName(({ said }) => said as { readonly [kind: string]: Said<never> | undefined });

export function saidOf<K extends ItemKind>(kind: K): Said<K> | undefined {
  return saidBy(kind) as Said<K> | undefined;
}

/** The text that the menu copies; empty: none. */
export function wordsIn({ body }: TimelineItem): string {
  if (body.kind === "text") return body.text;
  return saidOf(body.kind)?.copied?.(body as never) ?? "";
}

/** The text of a quote in the strip above the field; the same as in the sent quote. */
export function quotedWords({ body }: TimelineItem): string {
  if (body.kind === "text") return body.text;
  const begins = saidOf(body.kind)?.begins?.(body as never);
  const own = "name" in body ? body.name : "caption" in body ? body.caption : "";
  return kindWords(body.kind, begins ?? own);
}

export function isSettled({ state }: TimelineItem): boolean {
  return state === "sent" || state === "sending";
}

/** Whether the message can be quoted and pinned: other devices can find it. */
export function isQuotable(item: TimelineItem): boolean {
  return isMessage(item) && item.body.kind !== "newer" && isSettled(item);
}
