import { expect, test } from "bun:test";
import type { ChatRow, SystemLine, TimelineItem } from "@yanshu/client";
import fc from "fast-check";
import { json, plain } from "./line.ts";
import { chatLine, itemLine } from "./show.ts";
import { type Text, textIn } from "./text/text.ts";

const en = textIn("en");
const face = { seal: "A", pigment: 1 };
const ann = { account: "aa".repeat(32), name: "Ann\u001b[31m", isMe: false };
const me = { account: "bb".repeat(32), name: "Ben", isMe: true };

const item: TimelineItem = {
  id: "01",
  order: 1,
  atMs: new Date(2026, 10, 24, 9, 5).getTime(),
  from: { ...ann, face },
  mine: false,
  state: "sent",
  body: { kind: "text", text: "one\ntwo" },
};

function systemLine(text: Text, line: SystemLine): string {
  return itemLine(text, { ...item, body: { kind: "system", line } }).replace("2026-11-24 09:05  * ", "");
}

test("[TE8] what others wrote commands no terminal", () => {
  expect(plain("\u001b[2Jhello\u0007 \u009b31m\u202eolleh")).toBe("[2Jhello 31molleh");
  expect(plain("one\r\ntwo\nthree\u2028four\tfive")).toBe("one ⏎ two ⏎ three ⏎ four five");
  expect(plain("外婆 👵🏽 مرحبا")).toBe("外婆 👵🏽 مرحبا");
  expect(json({ text: "\u001b\u009b\u202e" })).toBe('{"text":"\\u001b\\u009b\\u202e"}');
});

test("[TE8] any text is one line without controls, and JSON gives it back as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(plain(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      expect(plain(text).isWellFormed()).toBe(true);
      expect(json({ text })).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      expect(JSON.parse(json({ text }))).toEqual({ text });
    }),
  );
});

test("[TE8] a message is one line, with its state when it is not sent", () => {
  expect(itemLine(en, item)).toBe("2026-11-24 09:05  Ann[31m: one ⏎ two");
  expect(itemLine(en, { ...item, from: { ...me, face }, mine: true, state: "failed" })).toBe(
    "2026-11-24 09:05  You: one ⏎ two  (not sent)",
  );
  expect(itemLine(en, { ...item, body: { kind: "newer" } })).toContain("newer Yanshu");
  expect(itemLine(en, { ...item, body: { kind: "system", line: { kind: "friends" } } })).toBe(
    "2026-11-24 09:05  * You can write to each other now",
  );
});

test("[TE8] a chat is one line: place, time, title, what is unread, what was said last", () => {
  const row: ChatRow = {
    conversation: "cc".repeat(32),
    kind: "direct",
    title: "Ann\nAnn",
    faces: [face],
    preview: { kind: "text", text: "hello", mine: true },
    atMs: new Date(2026, 10, 24, 9, 5).getTime(),
    unread: 2,
    state: "request-out",
    draft: "",
    mentioned: false,
    failed: true,
    isPinned: false,
    isMuted: false,
    isMarkedUnread: false,
  };
  expect(chatLine(en, row, 1)).toBe("1  2026-11-24 09:05  Ann ⏎ Ann [2] (asked) (not sent)  You: hello");
  expect(chatLine(en, { ...row, title: "", unread: 0, state: "open", failed: false, draft: "hm" }, 2)).toBe(
    "2  2026-11-24 09:05  cccccccc  draft: hm",
  );
});

test("[TE8] every event in a chat has its line in both languages", () => {
  const by = { by: ann };
  const lines: readonly SystemLine[] = [
    { kind: "group-created", ...by },
    { kind: "added", ...by, people: [me, ann] },
    { kind: "removed", ...by, people: [me] },
    { kind: "left-out", ...by, people: [me] },
    { kind: "founded-without", ...by, people: [me] },
    { kind: "invited", ...by, people: [] },
    { kind: "invited-beside", ...by },
    { kind: "left", who: ann },
    { kind: "renamed", ...by, name: "x\ny" },
    { kind: "picture-changed", ...by },
    { kind: "role", ...by, who: me, role: "owner" },
    { kind: "role", ...by, who: me, role: "admin" },
    { kind: "role", ...by, who: me, role: "member" },
    { kind: "friends" },
    { kind: "request-sent" },
    { kind: "device-added", who: ann },
    { kind: "device-refused", who: ann, isAnswered: false },
    { kind: "account-frozen", who: ann, isAnswered: false },
    { kind: "list-differs", who: ann, isAnswered: false },
    { kind: "lost", from: ann, count: 3, state: "asking" },
    { kind: "lost", from: ann, count: 3, state: "gone" },
    { kind: "fork" },
    { kind: "held-up" },
    { kind: "not-done", people: [] },
    { kind: "not-done", people: [ann] },
    { kind: "recreated", ...by },
    { kind: "you-were-removed" },
  ];
  for (const lang of ["zh", "en"] as const) {
    const said = lines.map((line) => systemLine(textIn(lang), line));
    expect(new Set(said).size).toBe(lines.length);
    for (const line of said) expect(line).not.toMatch(/\{|\p{Cc}/u);
  }
  expect(systemLine(en, lines[1] as SystemLine)).toBe("Ann[31m added You, Ann[31m");
});
