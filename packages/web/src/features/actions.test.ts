/** What a key, a gesture and the menu ask for is one action, which says so itself. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { TimelineItem } from "@yanshu/client";
import type { Chosen } from "../feature.ts";

let actionBy: typeof import("../chat/actions.ts").actionBy;
let actionsFor: typeof import("../chat/actions.ts").actionsFor;

const mum = { account: "ab".repeat(16), name: "妈妈", isMe: false };
const chosen = (item: object, mayWrite = true): Chosen => ({
  chat: "chat",
  item: {
    id: "01",
    from: mum,
    mine: false,
    state: "sent",
    body: { kind: "text", text: "八点？" },
    ...item,
  } as TimelineItem,
  mayWrite,
  view: undefined,
});
const later = Date.now() + 60_000;
const own = { mine: true, editUntilMs: later, recallUntilMs: later };
const idsBy = (key: string, of: Chosen) => actionsFor(of).flatMap((action) => (action.key === key ? [action.id] : []));

beforeAll(async () => {
  Object.defineProperty(navigator, "languages", { value: ["en"], configurable: true });
  // Those that need no browser to be loaded.
  const brought = await Promise.all([
    import("./quotes/index.ts").then((m) => m.quotes),
    import("./text/index.ts").then((m) => m.text),
    import("./pins/index.ts").then((m) => m.pins),
    import("./pat/index.ts").then((m) => m.pat),
    import("./edits/index.ts").then((m) => m.edits),
    import("./recall/index.ts").then((m) => m.recalling),
  ]);
  const { loadInChats, loadInLogs, register } = await import("../shell/features.ts");
  register(brought.toReversed());
  await Promise.all([loadInLogs(), loadInChats()]);
  ({ actionBy, actionsFor } = await import("../chat/actions.ts"));
});

afterAll(async () => {
  Reflect.deleteProperty(navigator, "languages");
  const [{ register }, { features }] = await Promise.all([import("../shell/features.ts"), import("./index.ts")]);
  register(features);
});

test("[WE96] a gesture asks for what its action can do with this message", () => {
  const by = (gesture: "taps" | "taps-on-face" | "drawn" | "up", of: Chosen) => actionBy(gesture, of)?.id;
  expect(by("drawn", chosen({}))).toBe("quote");
  expect(by("drawn", chosen({}, false))).toBeUndefined();
  expect(by("drawn", chosen({ state: "failed" }))).toBeUndefined();
  expect(by("taps", chosen({}))).toBe("large");
  expect(by("taps", chosen({ body: { kind: "voice" } }))).toBeUndefined();
  expect(by("taps-on-face", chosen({}))).toBe("pat");
  expect(by("taps-on-face", chosen({ mine: true }))).toBeUndefined();
  expect(by("up", chosen(own))).toBe("edit");
  expect(by("up", chosen({ ...own, editUntilMs: 1 }))).toBeUndefined();
});

test("[WE96] a key asks for the first that can be done with this message", () => {
  expect(idsBy("r", chosen({}))).toEqual(["quote"]);
  expect(idsBy("c", chosen({}))).toEqual(["copy"]);
  expect(idsBy("c", chosen({ body: { kind: "voice" } }))).toEqual([]);
  expect(idsBy("Delete", chosen({}))).toEqual(["delete"]);
  expect(idsBy("Delete", chosen(own))).toEqual(["recall", "delete"]);
  expect(idsBy("Delete", chosen({ ...own, recallUntilMs: 1 }))).toEqual(["delete"]);
});

test("[WE96] the menu stands in one order, whichever feature brings what", () => {
  expect(actionsFor(chosen(own)).map(({ id }) => id)).toEqual(
    ["quote", "copy", "select", "large", "pin-message", "edit", "recall", "delete"], //
  );
});
