import { expect, test } from "bun:test";
import { cueAt, cuesIn, spread, vttOf } from "./captions.ts";

const srt = `1\r
00:00:01,000 --> 00:00:02,500\r
<i>火候</i>全在手腕上\r
\r
2\r
00:00:02,500 --> 00:00:04,000\r
It's all\r
in the wrist\r
`;
const vtt = `WEBVTT - 面

NOTE a note is no cue

intro
00:01.000 --> 00:02.500 align:start
<v 阿伯>火候全在手腕上</v>

00:02.500 --> 00:04.000
a &lt; b &amp; c
`;

test("[WE146] captions of SRT and of WebVTT say the same at the same times", () => {
  const cues = cuesIn(srt);
  expect(cues).toEqual([
    { fromMs: 1_000, toMs: 2_500, text: "火候全在手腕上" },
    { fromMs: 2_500, toMs: 4_000, text: "It's all\nin the wrist" },
  ]);
  expect(cuesIn(vtt).map(({ text }) => text)).toEqual(["火候全在手腕上", "a < b & c"]);
  expect(cueAt(cues, 999)).toBeUndefined();
  expect(cueAt(cues, 1_000)).toBe("火候全在手腕上");
  expect(cueAt(cues, 2_500)).toBe("It's all\nin the wrist");
  expect(cueAt(cues, 4_000)).toBeUndefined();
  expect(cuesIn(vttOf(cues))).toEqual(cues);
});

test("[WE146] what is neither has no captions, and times that run backwards are left out", () => {
  expect(cuesIn("明天见\n\n好")).toEqual([]);
  expect(cuesIn("00:00:05,000 --> 00:00:02,000\nback")).toEqual([]);
  expect(cuesIn("")).toEqual([]);
});

test("[WE146] typed lines are spread over the film by their length", () => {
  expect(spread("起锅\n\n再下面条来\n好", 8_000)).toEqual([
    { fromMs: 0, toMs: 2_000, text: "起锅" },
    { fromMs: 2_000, toMs: 7_000, text: "再下面条来" },
    { fromMs: 7_000, toMs: 8_000, text: "好" },
  ]);
  expect(spread("", 8_000)).toEqual([]);
});

test("[WE156] a cue is cut at 500 characters, whatever it is made of", () => {
  for (const piece of ["<", "{\\", "面", "<i", "🍜"]) {
    const [cue] = cuesIn(`00:01.000 --> 00:02.000\n${piece.repeat(65_536 / piece.length)}`);
    expect(cue?.text.length).toBe(500);
    expect(cue?.text.isWellFormed()).toBe(true);
  }
});
