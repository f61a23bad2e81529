/** The list of features of the terminal: nothing is said twice, and what a feature saves is named by its time. */
import { expect, test } from "bun:test";
import type { TimelineItem } from "@yanshu/client";
import { firstInHelp, lastInHelp } from "../commands/index.ts";
import type { CliFeature } from "../feature.ts";
import { filesOf } from "../show.ts";
import { en as core } from "../text/en.ts";
import { cliFeatures } from "./index.ts";

const features = cliFeatures as readonly object[] as readonly (CliFeature<never> & {
  readonly words: { en: object };
})[];

test("[TE1] each word, line, event and command is said once, by the core or by one feature", () => {
  const keysOf = (part: "lines" | "notices" | "files" | "commands") =>
    features.flatMap((feature) => Object.keys(feature[part] ?? {}));
  const words = [...Object.keys(core), ...features.flatMap((feature) => Object.keys(feature.words.en))];
  const commands = [...Object.keys(firstInHelp), ...keysOf("commands"), ...Object.keys(lastInHelp)];
  for (const keys of [words, commands, keysOf("lines"), keysOf("notices"), keysOf("files")])
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

test("[ME5] files of a message are named by what they are called, or by its time", () => {
  const file = { handle: "00", bytes: 3, isExpired: false };
  const filesIn = (body: object) =>
    filesOf({ atMs: new Date(2026, 10, 24, 9, 5).getTime(), body } as unknown as TimelineItem).map(({ name }) => name);
  expect(filesIn({ kind: "file", name: "a.pdf", file })).toEqual(["a.pdf"]);
  expect(filesIn({ kind: "voice", type: "audio/ogg", ms: 1, file })).toEqual(["2026-11-24-09-05.ogg"]);
  const pictures = [
    { type: "image/webp", file },
    { type: "image/webp", file, original: { type: "image/jpeg", file } },
  ];
  expect(filesIn({ kind: "photos", caption: "", pictures })).toEqual([
    "2026-11-24-09-05-1.webp",
    "2026-11-24-09-05-2.jpg",
  ]);
  expect(filesIn({ kind: "text", text: "hi" })).toEqual([]);
});
