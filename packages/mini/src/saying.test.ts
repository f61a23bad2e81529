/** What leaves a program's thread and its frame: its shapes, and how much of it (docs/spec/programs.md PR5, PR11). */
import { expect, test } from "bun:test";
import { packProgram } from "./compile/index.ts";
import { frameLimits, programMessage } from "./frame-messages.ts";
import { inText, outlet, tooMuch } from "./logic/outlet.ts";
import { play } from "./testkit/open.ts";
import { pears, pearsAbout } from "./testkit/pears.ts";
import { asker } from "./view/asker.ts";
import { lately } from "./view/lately.ts";
import { meter, sizeOf } from "./view/meter.ts";
import { readText } from "./view/read-text.ts";
import { spokesman } from "./view/spokesman.ts";

test("[PR5] of what a program says, only known shapes are heard, and words are cut to what can be shown", () => {
  expect(programMessage({ kind: "open", url: "javascript:1" })).toBeUndefined();
  expect(programMessage("ready")).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k".repeat(257), value: "1" })).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k", value: "x".repeat((1 << 20) + 1) })).toBeUndefined();
  expect(programMessage({ kind: "store", id: -1, key: "k" })).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k\0" })).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k", value: "\0x" })).toBeUndefined();
  expect(programMessage({ kind: "store", id: 1, key: "k", more: 1 })).toEqual({ kind: "store", id: 1, key: "k" });
  expect(programMessage({ kind: "forget", id: "1" })).toBeUndefined();
  expect(programMessage({ kind: "choose", id: 1, items: [] })).toBeUndefined();
  expect(programMessage({ kind: "modal", id: 1 })).toBeUndefined();
  expect(programMessage({ kind: "page", path: "a", depth: 0.5, bar: {} })).toBeUndefined();
  expect(
    programMessage({ kind: "page", path: "a", depth: 1, bar: { title: "\u202ex\u0007", color: "url(x)" } }),
  ).toEqual({
    kind: "page",
    path: "a",
    depth: 1,
    bar: { title: "x" },
  });
  const toast = programMessage({ kind: "toast", title: "x".repeat(900), icon: {}, ms: 1e9 });
  expect(toast).toEqual({ kind: "toast", title: "x".repeat(500), icon: "", ms: 10_000 });
});

test("[PR20] a program in a chat shares what it says, and hears all in order; elsewhere it has no such call", async () => {
  const shared = await packProgram(pears(), pearsAbout);
  const alone = await play(shared.bytes);
  expect(alone.text()).toBe("一个人 0 个梨 加一");
  await alone.tap("加一");
  expect(alone.said.filter(({ kind }) => kind === "share")).toEqual([]);

  const self = { address: "00ff", name: "Maya" };
  const played = await play(shared.bytes, {}, undefined, self);
  await played.tap("加一");
  const [share] = played.said.filter(({ kind }) => kind === "share");
  expect(programMessage(share)).toEqual({
    kind: "share",
    id: expect.any(Number) as number,
    update: { payload: '{"add":1}', info: "Maya加了一个梨", summary: "1 个梨" },
  });
  expect(played.text()).toContain("0 个梨"); // It counts once it came back.
  const update = (serial: number, add: number) => ({ serial, payload: JSON.stringify({ add }) });
  await played.tell({ kind: "updates", updates: [update(1, 2), update(4, 1)], last: 9 });
  expect(played.text()).toBe("Maya 3 个梨 加一 4/9");
  await played.tell({ kind: "updates", updates: [{ serial: 5, payload: "no JSON" }, update(9, 1)], last: 9 });
  expect(played.text()).toBe("Maya 4 个梨 加一 9/9");
  expect(played.faults()).toHaveLength(1);
  const long = { kind: "share", id: 1, update: { payload: `"${"x".repeat(128_000)}"` } };
  expect(programMessage(long)).toBeUndefined();
  expect(programMessage({ kind: "share", id: 1, update: { payload: 1 } })).toBeUndefined();
  const words = { payload: "1", info: `\u202e${"x".repeat(900)}`, summary: {} };
  expect(programMessage({ kind: "share", id: 1, update: words })).toEqual({
    kind: "share",
    id: 1,
    update: { payload: "1", info: "x".repeat(200), summary: "" },
  });
});

test("[PR11] every message counts, of whatever kind, with all that it holds, before it is read", () => {
  const max = frameLimits.bytesPerSecondMax;
  const ends = (...messages: unknown[]) => {
    let [count, time] = [0, 0];
    const isHeard = meter(
      () => {
        count += 1;
      },
      () => time,
    );
    const heard = messages.filter((message) => isHeard(message)).length;
    time = 2_000;
    return { count, heard, later: isHeard("after") };
  };
  const ended = { count: 1, heard: 0, later: false };
  expect(ends({ kind: "ops", ops: [["text", 1, "x"]] })).toEqual({ count: 0, heard: 1, later: true });
  const ops = Array.from({ length: 200_000 }, (_, at) => ["text", at, "x"]);
  expect(ends({ kind: "ops", ops })).toEqual(ended);
  expect(ends({ kind: "ops", ops: [["words", 1, "x".repeat(max)]] })).toEqual(ended);
  const buffer = new ArrayBuffer(max);
  for (const held of [buffer, new Uint8Array(buffer, 0, 1), new Map([[1, buffer]]), new Set([buffer]), [[buffer]]])
    expect(ends({ kind: "app", message: held })).toEqual(ended);
  for (const message of [{ kind: "measure", of: [[1, 1, "box"]] }, { kind: "?" }, null])
    expect(ends(...Array<unknown>(300).fill(message))).toEqual({ count: 1, heard: 200, later: false });
  const ring: unknown[] = [];
  ring.push(ring);
  expect(sizeOf(ring, max)).toBeLessThan(100);
});

test("[PR20] a program says a line in a chat only after a touch, and three in a minute at most", () => {
  let now = 1_000_000;
  const { touched, passed } = spokesman(() => now);
  const said = { kind: "share", id: 1, update: { payload: "1", info: "x", summary: "s" } } as const;
  const silent = { kind: "share", id: 1, update: { payload: "1", summary: "s" } } as const;
  expect(passed(said)).toEqual(silent);
  touched();
  expect(passed(said)).toEqual(said);
  expect(passed(said)).toEqual(silent); // A touch is good for one.
  touched();
  expect(passed(silent)).toEqual(silent);
  expect(passed(said)).toEqual(said); // What says no line leaves the touch.
  now += 60_001;
  touched();
  expect(passed(said)).toEqual(said);
  touched();
  now += 5_001;
  expect(passed(said)).toEqual(silent);
  for (const words of [said, said, silent, silent]) {
    touched();
    expect(passed(said)).toEqual(words);
  }
  now += 55_000;
  touched();
  expect(passed(said)).toEqual(said);
  touched();
  expect(passed(silent)).toEqual(silent);
  expect(passed({ kind: "ready" })).toEqual({ kind: "ready" });
});

test("[PR14] a program asks one thing at a time: four wait, and what it asks beyond fails at once", () => {
  const [shown, refused]: [number[], number[]] = [[], []];
  const { asked, answered } = asker(
    ({ id }) => shown.push(id),
    (id) => refused.push(id),
  );
  const modal = { title: "问", content: "", canCancel: true };
  for (const id of [1, 2, 3, 4, 5, 6, 7]) asked({ kind: "modal", id, modal });
  expect([shown, refused]).toEqual([[1], [6, 7]]);
  answered(5); // Nobody was asked that.
  answered(1);
  expect(shown).toEqual([1, 2]);
  asked({ kind: "choose", id: 8, items: ["一"] });
  asked({ kind: "choose", id: 9, items: ["一"] });
  for (const id of [2, 3, 4, 5, 8]) answered(id);
  expect([shown, refused]).toEqual([
    [1, 2, 3, 4, 5, 8],
    [6, 7, 9],
  ]);
  asked({ kind: "modal", id: 10, modal });
  expect(shown.at(-1)).toBe(10);
});

test("[PR14] of toasts and bars in one moment the first and the newest are shown, and all else goes at once", () => {
  const told: unknown[] = [];
  const later: (() => void)[] = [];
  const say = lately(
    (message) => told.push(message.kind === "toast" ? message.title : message.kind),
    (work) => later.push(work),
  );
  const toast = (title: string) => say({ kind: "toast", title, icon: "", ms: 1 });
  for (const title of ["一", "二", "三"]) toast(title);
  say({ kind: "page", path: "a", depth: 0, bar: { title: "" } });
  say({ kind: "fault", words: "" });
  say({ kind: "store", id: 1, key: "a" });
  expect(told).toEqual(["一", "fault", "store"]);
  later.shift()?.();
  expect(told.slice(3)).toEqual(["三", "page"]);
  toast("四");
  say({ kind: "toast-off" });
  later.shift()?.();
  expect(told.slice(5)).toEqual(["toast-off"]);
  later.shift()?.();
  expect(later).toEqual([]);
  toast("五");
  expect(told.at(-1)).toBe("五");
});

test("[PR49] of what happens in a program's thread so much passes in a second, and the one by which it is ended", () => {
  let time = 1_000;
  const passed: number[] = [];
  const say = outlet<number>(
    (one) => void passed.push(one),
    () => time,
    3,
  );
  for (let one = 1; one <= 9; one += 1) say(one);
  expect(passed).toEqual([1, 2, 3, 4]);
  time += 1_000;
  say(10);
  expect(passed).toHaveLength(4);
  time += 1;
  for (let one = 11; one <= 19; one += 1) say(one);
  expect(passed).toEqual([1, 2, 3, 4, 11, 12, 13, 14]);
});

test("[PR60] what the thread says is one text each time; one that is too long is not said, and ends the program", () => {
  const passed: unknown[] = [];
  const say = inText<unknown>((text) => void passed.push(text), 40, JSON.stringify);
  say({ kind: "ops", ops: [["top", 1]] });
  say({ kind: "ops", ops: [["text", 1, "x".repeat(40)]] });
  expect(passed).toEqual(['{"kind":"ops","ops":[["top",1]]}', tooMuch]);
  expect(readText(passed[0])).toEqual({ kind: "ops", ops: [["top", 1]] });
  expect(readText(passed[1])).toBe(tooMuch);
  for (const bad of [{ kind: "ops", ops: [] }, "{", "null", "7", '{"kind":"?"}', '{"kind":"ops","ops":[1]}', undefined])
    expect(readText(bad)).toBeUndefined();
});

test("[PR60] [PR75] of how elements lie the thread asks a hundred at a time", () => {
  const asks = (count: number) => readText(JSON.stringify({ kind: "measure", of: Array(count).fill([1, 1, "box"]) }));
  expect(asks(100)).toMatchObject({ kind: "measure" });
  expect(asks(101)).toBeUndefined();
  expect(readText('{"kind":"measure","of":[1]}')).toBeUndefined();
});
