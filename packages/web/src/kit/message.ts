/** A message as the screens speak of it: its name for the client, what is copied of it, how a quote of it reads. */
import type { MessageRef, TimelineItem } from "@yanshu/client";
import type { ItemKind, Said } from "../feature.ts";
import { byName } from "../shell/features.ts";
import { kindWords } from "./kind-words.ts";

/** How calls of the client name it. */
export function refOf({ from, id }: TimelineItem): MessageRef {
  return { author: from.account, id };
}

/** What was said, and is somebody's: not a line about what happened. */
export function isMessage({ body }: TimelineItem): boolean {
  return body.kind !== "system";
}

const saidBy = byName(({ said }) => said as { readonly [kind: string]: Said<never> | undefined });

export function saidOf<K extends ItemKind>(kind: K): Said<K> | undefined {
  return saidBy(kind) as Said<K> | undefined;
}

/** What the menu copies of it. */
export function wordsIn({ body }: TimelineItem): string {
  if (body.kind === "text") return body.text;
  return saidOf(body.kind)?.copied?.(body as never) ?? "";
}

/** What is quoted in the strip above the field: as the quote reads once it is sent. */
export function quotedWords({ body }: TimelineItem): string {
  if (body.kind === "text") return body.text;
  const begins = saidOf(body.kind)?.begins?.(body as never);
  const own = "name" in body ? body.name : "caption" in body ? body.caption : "";
  return kindWords(body.kind, begins ?? own);
}

export function isSettled({ state }: TimelineItem): boolean {
  return state === "sent" || state === "sending";
}

/** Others can be led to it: it can be quoted and pinned. */
export function isQuotable(item: TimelineItem): boolean {
  return isMessage(item) && item.body.kind !== "newer" && isSettled(item);
}
