/**
 * What many write on: a poll and its votes, a list and its lines (docs/spec/actions.md AC10, AC11).
 */
import type { BodyOf } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import type { ActionBody, ChainLineView, PollOption } from "../api/actions.ts";
import { unpack } from "../core/cbor.ts";
import type { ChainLine } from "../sync/actions.ts";
import type { ViewContext } from "./context.ts";
import type { People } from "./people.ts";

type Named = { readonly conversation: Bytes; readonly author: Bytes; readonly id: Bytes };
type MarkRow = { readonly by: Bytes; readonly key: string; readonly value: Bytes; readonly stamp_ms: number };

const marksSql = `
  SELECT by, key, value, stamp_ms FROM marks
  WHERE conversation = ? AND author = ? AND id = ? AND kind = ? ORDER BY stamp_ms, by`;

function marksOn({ database }: ViewContext, { conversation, author, id }: Named, kind: "vote" | "line") {
  return database.all<MarkRow>(marksSql, conversation, author, id, kind);
}

/** What was chosen after the end does not count; nor a second choice where there is one. */
export function pollOf(
  context: ViewContext,
  people: People,
  row: Named,
  poll: BodyOf<"poll">,
): Extract<ActionBody, { kind: "poll" }> {
  const { question, options, multiple, anonymous, closesAtMs } = poll;
  const votes = marksOn(context, row, "vote")
    .filter(({ stamp_ms }) => closesAtMs === undefined || stamp_ms <= closesAtMs)
    .map(({ by, value }) => {
      const choices = unpack<readonly number[]>(value).filter((choice) => choice < options.length);
      return { by: toHex(by), choices: multiple ? choices : choices.slice(0, 1) };
    })
    .filter(({ choices }) => choices.length > 0);
  people.load(votes.map(({ by }) => by));
  return {
    kind: "poll",
    question,
    options: options.map((text, place): PollOption => {
      const chosen = votes.filter(({ choices }) => choices.includes(place)).map(({ by }) => people.ref(by));
      return {
        text,
        count: chosen.length,
        isMine: chosen.some(({ isMe }) => isMe),
        people: anonymous ? [] : chosen,
      };
    }),
    isMultiple: multiple,
    isAnonymous: anonymous,
    voters: votes.length,
    ...(closesAtMs === undefined ? {} : { closesAtMs }),
  };
}

/** What the list began with, then each line where it was first written; a tie goes by author and key, the same for all. */
export function chainOf(
  context: ViewContext,
  people: People,
  row: Named,
  { title, note, seeds }: BodyOf<"chain">,
): Extract<ActionBody, { kind: "chain" }> {
  const written = marksOn(context, row, "line")
    .map(({ by, key, value }) => ({ by: toHex(by), key, ...unpack<ChainLine>(value) }))
    .filter(({ text }) => text !== "")
    .sort((a, b) => a.sinceMs - b.sinceMs || (a.by + a.key < b.by + b.key ? -1 : 1));
  people.load(written.map(({ by }) => by));
  const lines: readonly ChainLineView[] = [
    ...seeds.map((text) => ({ text })),
    ...written.map(({ by, key, text }) => ({ key, by: people.ref(by), text })),
  ];
  return { kind: "chain", title, note, lines };
}
