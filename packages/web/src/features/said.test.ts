/**
 * What the screens quote, copy and export of each kind agrees with what the list, the search and the terminal say of it
 * (AC1).
 */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { i18n } from "@lingui/core";
import type { TimelineItem } from "@yanshu/client";
import { type Body, type BodyOf, messageKinds, summaryOf, textOf } from "@yanshu/content";
import type { ItemBody } from "../feature.ts";
import { quotedWords, saidOf } from "../kit/message.ts";
import { register } from "../shell/features.ts";
import { wordsOf } from "./export/exported.ts";
import { features } from "./index.ts";

register(features);
i18n.loadAndActivate({ locale: "en", messages: {} }); // An id stands for its words.

const nobody = { account: "ab".repeat(16), name: "妈妈", isMe: false };

type Samples = Readonly<Record<string, readonly [said: Partial<Body>, shown: Partial<ItemBody>]>>;

/** One of each kind of version 1 that somebody says, as it was said and as a screen has it. */
const ofVersion1: Samples = {
  text: [
    { kind: "text", text: "eight\no’clock?" },
    { kind: "text", text: "eight\no’clock?" },
  ],
  greeting: [
    { kind: "greeting", text: "it is me" },
    { kind: "text", text: "it is me" },
  ],
  photos: [{ kind: "photos", caption: "the lake" } as never, { kind: "photos", caption: "the lake", pictures: [] }],
  voice: [{ kind: "voice" } as never, { kind: "voice" } as never],
  video: [{ kind: "video" } as never, { kind: "video" } as never],
  file: [{ kind: "file", name: "a list.pdf" } as never, { kind: "file", name: "a list.pdf" } as never],
  location: [
    { kind: "location", name: "the lake" },
    { kind: "location", name: "the lake" },
  ],
  card: [{ kind: "card", name: "Emily" } as never, { kind: "card", name: "Emily" } as never],
  groupCard: [
    { kind: "groupCard", name: "Family" } as never,
    { kind: "group-card", name: "Family", link: "g/x" } as never,
  ],
  sticker: [{ kind: "sticker", name: "thanks 谢谢" } as never, { kind: "sticker", name: "thanks 谢谢" } as never],
  poll: [
    { kind: "poll", question: "where to?", options: ["here", "there"], multiple: false, anonymous: false },
    {
      kind: "poll",
      question: "where to?",
      options: ["here", "there"].map((text) => ({ text, count: 2, isMine: false, people: [] })),
      isMultiple: false,
      isAnonymous: false,
      voters: 4,
    },
  ],
  call: [{ kind: "call" } as never, { kind: "call", media: "voice", as: "missed", seconds: 0, isGroup: false }],
  chain: [
    { kind: "chain", title: "who brings what", note: "by eight", seeds: ["plates", "rice"] },
    { kind: "chain", title: "who brings what", note: "by eight", lines: [{ text: "plates" }, { text: "rice" }] },
  ],
  record: [
    { kind: "record", names: ["a", "b"], items: [] },
    { kind: "record", names: ["a", "b"], count: 1, begins: [{ name: "a", words: "hello", of: "text" }] },
  ],
};
/** Later kinds bring theirs: `sample.json` beside what shows them. */
const samplesOfFeatures = readdirSync(import.meta.dir)
  .map((name) => join(import.meta.dir, name, "sample.json"))
  .filter(existsSync)
  .map((path): Samples => JSON.parse(readFileSync(path, "utf8")));
const samples: Samples = Object.assign({}, ofVersion1, ...samplesOfFeatures);
const item = (body: Partial<ItemBody>) =>
  ({ id: "01", from: nobody, mine: false, state: "sent", body }) as TimelineItem;

test("[AC1] every kind that somebody says is shown, and has a label where it is no plain text", () => {
  expect(Object.keys(samples).sort()).toEqual([...messageKinds].sort());
  const labelled = features.flatMap(({ labels }) => Object.keys(labels ?? {}));
  for (const kind of messageKinds.filter((one) => one !== "text" && one !== "greeting"))
    expect(labelled).toContain(kind);
  const bubbles = features.flatMap((feature) => Object.keys(feature.bubbles ?? {}));
  for (const [, shown] of Object.values(samples))
    if (shown.kind !== "text") expect(bubbles).toContain(shown.kind ?? "");
});

test("[AC1] a quote of every kind begins as the list, a pin and a record have it", () => {
  for (const [kind, [said, shown]] of Object.entries(samples)) {
    const begins = summaryOf(said as BodyOf<Body["kind"]>);
    expect([kind, quotedWords(item(shown)).replace(/\s+/gu, " ").endsWith(begins)]).toEqual([kind, true]);
    const own = saidOf(shown.kind ?? "text")?.begins?.(shown as never);
    if (own !== undefined) expect([kind, own]).toEqual([kind, begins]);
  }
});

test("[AC1] [KP8] an export says of every kind all that it is found by, line by line", () => {
  for (const [kind, [said, shown]] of Object.entries(samples)) {
    const lines = wordsOf(shown as ItemBody, () => "").split("\n");
    const wanted = (textOf(said as BodyOf<Body["kind"]>) ?? "").split("\n").filter((line) => line !== "");
    for (const line of wanted) expect([kind, lines.some((one) => one.includes(line))]).toEqual([kind, true]);
    const content = saidOf(shown.kind ?? "text")?.content?.(shown as never);
    if (content !== undefined)
      expect([kind, textOf(content as BodyOf<Body["kind"]>)]).toEqual([kind, textOf(said as BodyOf<Body["kind"]>)]);
  }
});

test("[KP8] a place that is only named is exported as its name, and one with coordinates with them", () => {
  expect(wordsOf({ kind: "location", name: "教会二楼" }, () => "")).toBe("教会二楼");
  expect(wordsOf({ kind: "location", name: "", lat: 1.5, lon: -2 }, () => "")).toBe("1.5, -2");
});

test("[SY7] what is too new to be read is exported by what its sender says of it", () => {
  expect(wordsOf({ kind: "newer", fallback: "rolled a 6" }, () => "")).toBe("rolled a 6");
  expect(wordsOf({ kind: "newer" }, () => "")).toBe("");
});
