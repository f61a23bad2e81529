/** Webxdc apps: which files are one, and what one may say (docs/spec/programs.md PR30). */

import { expect, test } from "bun:test";
import { strToU8, zipSync } from "fflate";
import { readWebxdc } from "./format/webxdc.ts";
import { board } from "./testkit/board.ts";
import { newest } from "./view/lately.ts";
import { touches } from "./view/spokesman.ts";
import { layApi } from "./webxdc/api.ts";
import { named, openings, withoutFrames } from "./webxdc/framing.ts";
import { fewThreads } from "./webxdc/threads.ts";
import { webxdcMessage } from "./webxdc-messages.ts";

const zipped = (texts: Readonly<Record<string, string>>) =>
  zipSync(Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, strToU8(text)])));
const nameOf = (manifest: string) => {
  const read = readWebxdc(zipped({ "index.html": "<p>", "manifest.toml": manifest }));
  return "app" in read ? read.app.name : read;
};

test("[PR30] a zip with a first page is an app, by the name of its manifest, and any other is none", () => {
  const read = readWebxdc(board());
  if ("fault" in read) throw new Error(read.fault);
  expect(read.app.name).toBe("留言板");
  expect(read.app.id).toMatch(/^[0-9a-f]{64}$/);
  expect(read.app.files.has("js/board.js")).toBe(true);
  expect(readWebxdc(zipped({ "page.html": "<p>" }))).toEqual({ fault: "not-a-package" });
  expect(readWebxdc(zipped({ "index.html": "<p>", "a/../b": "1" }))).toMatchObject({ fault: "bad-path" });
  expect(readWebxdc(strToU8("no zip"))).toEqual({ fault: "not-a-package" });
});

test("[PR30] a name has one line that can be shown, and none is no fault", () => {
  expect(nameOf("")).toBe("");
  expect(nameOf("name = 'Chess'")).toBe("Chess");
  expect(nameOf('# name = "no"\nname = "say \\"go\\""')).toBe('say "go"');
  expect(nameOf('name = "turned \u202e round"')).toBe("turned  round");
  expect(nameOf(`name = "${"长".repeat(80)}"`)).toBe("长".repeat(60));
});

test("[PR30] of what an app says, only known shapes are heard", () => {
  const heard = webxdcMessage;
  expect(heard({ kind: "store", id: 0, key: "a", value: "1" })).toEqual({ kind: "store", id: 0, key: "a", value: "1" });
  expect(heard({ kind: "share", id: 1, update: { payload: "1" } })).toMatchObject({ update: { payload: "1" } });
  // Calls of mini programs are none of an app's.
  for (const kind of ["modal", "toast", "page", "forget", "choose", "open"])
    expect(heard({ kind, id: 1 })).toBeUndefined();
  expect(heard({ kind: "link", address: "https://a.example/b" })).toBeDefined();
  for (const address of [
    "http://a.example",
    "javascript:alert(1)",
    "data:,x",
    "/a",
    7,
    `https://a.example/${"x".repeat(2_000)}`,
  ])
    expect(heard({ kind: "link", address })).toBeUndefined();
  const file = { name: "../a\u202eb\n.txt", bytes: new Uint8Array(3) };
  expect(heard({ kind: "say", id: 2, text: "x", file })).toEqual({
    kind: "say",
    id: 2,
    text: "x",
    file: { name: "..ab.txt", bytes: new Uint8Array(3) },
  });
  for (const wrong of [
    { name: 1, bytes: file.bytes },
    { name: "a", bytes: "x" },
    { name: "a", bytes: new Uint8Array((20 << 20) + 1) },
  ])
    expect(heard({ kind: "say", id: 2, text: "x", file: wrong })).toBeUndefined();
  expect(heard({ kind: "say", id: -1, text: "x" })).toBeUndefined();
  expect(heard({ kind: "say", id: 1, text: 7 })).toBeUndefined();
  expect(heard({ kind: "files", id: 1, wanted: { accept: 7, isMany: 1 } })).toEqual({
    kind: "files",
    id: 1,
    wanted: { accept: "", isMany: false },
  });
  for (const more of [{}, { wanted: null }]) expect(heard({ kind: "files", id: 1, ...more })).toBeUndefined();
  expect(heard({ kind: "files", id: 1.5, wanted: {} })).toBeUndefined();
  expect(heard({ kind: "goto", page: "two.html" })).toEqual({ kind: "goto", page: "two.html" });
  expect(heard({ kind: "goto", page: "x".repeat(501) })).toBeUndefined();
  for (const none of [null, undefined, "ready"]) expect(heard(none)).toBeUndefined();
});

test("[PR66] an app begins four threads at once, and one more where one of them was ended", () => {
  const { Worker: first } = self;
  const { terminate } = first.prototype;
  fewThreads((make, of, ...given) => Reflect.apply(make as () => unknown, of, given));
  const begin = () => new self.Worker("data:text/javascript,");
  const begun = [begin(), begin(), begin(), begin()];
  expect(begin).toThrow(RangeError);
  expect(() => new (first.prototype.constructor as typeof Worker)("data:text/javascript,")).toThrow(RangeError);
  begun[0]?.terminate();
  begun[0]?.terminate();
  begun.push(begin());
  expect(begin).toThrow(RangeError);
  for (const thread of begun) thread.terminate();
  Object.assign(first.prototype, { constructor: first, terminate });
  Object.assign(self, { Worker: first });
});

/** As the guard's policy changes markup. */
const watched = (markup: string) => markup.replace(openings, "&lt;");

test("[PR40] no markup opens a tag that loads or connects: with any prefix, in parts, or by an instruction of XML", () => {
  for (const markup of [
    "<iframe>",
    "<IFrame\0x>",
    "<x:object>",
    "<é:iframe>",
    "<\u1680:iframe>",
    "<\ufeffa:link/>",
    "<a:b:embed>",
    "<meta\t",
    "<base",
    "<ifr",
    "<h:",
    "<",
    "<!ENTITY",
    "<?xml-stylesheet href='#s'?>",
  ])
    expect(watched(`a${markup}`)).toBe(`a&lt;${markup.slice(1)}`);
  for (const markup of ["<p>", "a < b", "<link-card>", "<objects>", "<?xml version='1.0'?>", "<b>x</b>", "</iframe>"])
    expect(watched(markup)).toBe(markup);
  for (const name of ["iframe", "LINK", "portal"]) expect(named.test(name)).toBe(true);
});

test("[PR40] a page is written without them, whatever a parser without scripting took for words", () => {
  const hidden = '<noscript><style></noscript><iframe srcdoc="x"></iframe></style></noscript>';
  expect(withoutFrames(hidden)).not.toMatch(/<i?frame|<noscript/i);
  expect(withoutFrames("<template><link rel=preconnect></template>")).toBe(
    "<template>< link rel=preconnect></template>",
  );
  // A script compares as before.
  expect(withoutFrames("<script>if(a<base)b()</script>")).toBe("<script>if(a< base)b()</script>");
  expect(withoutFrames("<p>x<b>y</b></p>")).toBe("<p>x<b>y</b></p>");
});

test("[PR41] one touch is found once, however long the browser tells of it", () => {
  let now = 0;
  const isTouch = touches(() => now);
  const found = [
    [0, false],
    [100, true],
    [4_900, true],
    [5_000, true],
    [5_050, false],
    [9_000, true],
    [14_100, true],
  ].filter(([at, isActive]) => {
    now = at as number;
    return isTouch(isActive as boolean);
  });
  expect(found.map(([at]) => at)).toEqual([100, 9_000, 14_100]);
});

test("[PR42] of pages that are asked for faster than they open, the newest is opened", () => {
  let now = 0;
  let due: { readonly at: number; readonly work: () => void } | undefined;
  const later = (work: () => void, ms: number) => {
    due = { at: now + ms, work };
  };
  const opened: [number, string][] = [];
  const goes = newest<string>(
    300,
    () => "page",
    (page) => opened.push([now, page]),
    later,
  );
  for (const [at, page] of [
    [0, "one"],
    [10, "two"],
    [20, "three"],
    [700, "four"],
  ] as const) {
    while (due !== undefined && due.at <= at) {
      const { at: then, work } = due;
      [now, due] = [then, undefined];
      work();
    }
    now = at;
    goes(page);
  }
  due?.work();
  expect(opened).toEqual([
    [0, "one"],
    [300, "three"],
    [700, "four"],
  ]);
});

test("[PR76] an app's listener has heard all that there is once its promise is kept", async () => {
  const take = layApi({ address: "a", name: "Ann" }, new MessageChannel().port1);
  const { webxdc } = globalThis as unknown as {
    readonly webxdc: { setUpdateListener: (call: (update: { payload: unknown }) => void) => Promise<void> };
  };
  const heard: unknown[] = [];
  let isKept = false;
  const kept = webxdc
    .setUpdateListener(({ payload }) => heard.push(payload))
    .then(() => {
      isKept = true;
    });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isKept).toBe(false);
  const update = (serial: number) => ({ payload: JSON.stringify({ payload: serial }), serial });
  take({ kind: "updates", updates: [update(1), update(2)], last: 2 });
  take({ kind: "known" });
  await kept;
  expect(heard).toEqual([1, 2]);
  // Another listener has them as well, and waits for nothing.
  const again: unknown[] = [];
  await webxdc.setUpdateListener(({ payload }) => again.push(payload));
  expect(again).toEqual([1, 2]);
});
