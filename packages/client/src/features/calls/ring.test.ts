import { expect, test } from "bun:test";
import { callMsMax, idleView, type RingEvent, ringMs, ringStep } from "./ring.ts";

/** One device, told what happens. */
function phone(device = "ann1", account = "ann") {
  let view = idleView(device, account);
  return {
    take: (event: RingEvent, nowMs = 0) => {
      const stepped = ringStep(view, event, nowMs);
      view = stepped.view;
      return stepped.effects;
    },
    view: () => view,
  };
}

const posted = (call: string, ageMs = 0): RingEvent => ({ kind: "posted", call, from: "ben1", account: "ben", ageMs });
const says = (
  call: string,
  say: Extract<RingEvent, { kind: "said" }>["say"],
  from = "ben1",
  account = "ben",
): RingEvent => ({
  kind: "said",
  call,
  from,
  account,
  say,
});

test("[CA30] a call rings for a minute from the first device that rings, and for a minute and a half in all", () => {
  const ann = phone();
  ann.take({ kind: "tap-call", call: "c", account: "ben" });
  ann.take({ kind: "tick" }, callMsMax - 1);
  expect(ann.view().main.at).toBe("calling");
  expect(ann.take({ kind: "tick" }, callMsMax)).toContainEqual({ kind: "record", call: "c", as: "missed", seconds: 0 });
  const eve = phone();
  eve.take({ kind: "tap-call", call: "d", account: "ben" });
  eve.take(says("d", { kind: "ringing", waiting: false }), 5_000);
  eve.take({ kind: "tick" }, 5_000 + ringMs - 1);
  expect(eve.view().main.at).toBe("calling");
  eve.take({ kind: "tick" }, 5_000 + ringMs);
  expect(eve.view().main.at).toBe("idle");
});

test("[CA31] a call that is too old, over, or of an own device does not ring", () => {
  const ann = phone();
  expect(ann.take(posted("old", callMsMax))).toEqual([]);
  expect(ann.take({ ...posted("own"), account: "ann" } as RingEvent)).toEqual([]);
  ann.take(posted("c"));
  ann.take({ kind: "tap-decline", call: "c" });
  expect(ann.take(posted("c"))).toEqual([]);
  expect(ann.view().main.at).toBe("idle");
});

test("[CA32] one call waits while another goes on; a third is told that this person is busy", () => {
  const ann = phone();
  ann.take(posted("a"));
  ann.take({ kind: "tap-accept", call: "a" });
  ann.take({ kind: "connected", call: "a" }, 1_000);
  expect(ann.take(posted("b"), 2_000)).toContainEqual({
    kind: "say",
    call: "b",
    say: { kind: "ringing", waiting: true },
  });
  expect(ann.take(posted("c"), 2_000)).toContainEqual({ kind: "say", call: "c", say: { kind: "over", as: "busy" } });
  const effects = ann.take({ kind: "tap-accept", call: "b" }, 3_000);
  expect(effects).toContainEqual({ kind: "say", call: "a", say: { kind: "bye" } });
  expect(effects).toContainEqual({ kind: "say", call: "b", say: { kind: "accept" } });
  expect(ann.view().main).toMatchObject({ at: "joining", call: "b" });
});

test("[CA33] an own device that answered or declined silences the others; a stranger to the call does not", () => {
  const ann = phone();
  ann.take(posted("a"));
  ann.take(says("a", { kind: "decline" }));
  expect(ann.view().main.at).toBe("ringing");
  ann.take(says("a", { kind: "decline" }, "ann2", "ann"));
  expect(ann.view().ended.get("a")).toBe("declined");
  ann.take(posted("b"));
  ann.take(says("b", { kind: "taken", device: "ann2" }));
  expect(ann.view().ended.get("b")).toBe("elsewhere");
});

test("[CA34] when both call, the lower name lives, and the other is in it at once", () => {
  const ann = phone();
  ann.take({ kind: "tap-call", call: "b", account: "ben" });
  const yielding = ann.take(posted("a"));
  expect(yielding).toContainEqual({ kind: "say", call: "a", say: { kind: "accept" } });
  expect(yielding).toContainEqual({ kind: "record", call: "b", as: "cancelled", seconds: 0 });
  expect(ann.view().main).toMatchObject({ at: "joining", call: "a", other: "ben1" });
  const eve = phone();
  eve.take({ kind: "tap-call", call: "a", account: "ben" });
  eve.take(posted("b"));
  expect(eve.view().main).toMatchObject({ at: "calling", call: "a" });
});

test("[CA56] a call of somebody else, while one calls, waits: it neither ends that call nor is answered without a tap", () => {
  const cid: RingEvent = { kind: "posted", call: "a", from: "cid1", account: "cid", ageMs: 0 };
  for (const [own, theirs] of [
    ["b", "a"],
    ["a", "b"],
  ] as const) {
    const ann = phone();
    ann.take({ kind: "tap-call", call: own, account: "ben" });
    expect(ann.take({ ...cid, call: theirs })).toEqual([
      { kind: "enter", call: theirs },
      { kind: "say", call: theirs, say: { kind: "ringing", waiting: true } },
    ]);
    expect(ann.view().main).toMatchObject({ at: "calling", call: own });
    ann.take({ kind: "tap-end" });
    expect(ann.view().main).toMatchObject({ at: "ringing", call: theirs, from: "cid1" });
  }
});

test("[CA56] a device that was busy for one's call does not come to it any more: when it calls, its own call lives", () => {
  const ann = phone();
  ann.take({ kind: "tap-call", call: "a", account: "ben" });
  ann.take(says("a", { kind: "over", as: "busy" }));
  const other = ann.take({ kind: "posted", call: "b", from: "ben2", account: "ben", ageMs: 0 });
  expect(other).toContainEqual({ kind: "leave", call: "b" });
  expect(ann.view().main).toMatchObject({ at: "calling", call: "a" });
  expect(ann.take(posted("c"))).toContainEqual({ kind: "say", call: "c", say: { kind: "accept" } });
  expect(ann.view().main).toMatchObject({ at: "joining", call: "c", other: "ben1" });
});

test("[CA56] who waits goes on waiting when one's call crosses with the other's", () => {
  const ann = phone();
  ann.take({ kind: "tap-call", call: "b", account: "ben" });
  ann.take({ kind: "posted", call: "c", from: "cid1", account: "cid", ageMs: 0 });
  const effects = ann.take(posted("a"));
  expect(effects).toContainEqual({ kind: "say", call: "a", say: { kind: "accept" } });
  expect(effects).not.toContainEqual({ kind: "say", call: "c", say: { kind: "ringing", waiting: false } });
  expect(ann.view().main).toMatchObject({ at: "joining", call: "a" });
  expect(ann.view().waiting).toMatchObject({ call: "c" });
  ann.take(says("a", { kind: "bye" }));
  expect(ann.view().main).toMatchObject({ at: "ringing", call: "c" });
});

test("[CA35] what the two talked is recorded once, by the caller, with its seconds; only the other's goodbye counts", () => {
  const ann = phone();
  ann.take({ kind: "tap-call", call: "a", account: "ben" });
  expect(ann.take(says("a", { kind: "accept" }))).toContainEqual({
    kind: "say",
    call: "a",
    say: { kind: "taken", device: "ben1" },
  });
  expect(ann.take(says("a", { kind: "ringing", waiting: false }, "ben2"))).toContainEqual({
    kind: "say",
    call: "a",
    say: { kind: "taken", device: "ben1" },
  });
  ann.take({ kind: "connected", call: "a" }, 1_000);
  ann.take(says("a", { kind: "bye" }, "ben2"), 5_000);
  expect(ann.view().main.at).toBe("talking");
  expect(ann.take(says("a", { kind: "bye" }), 63_400)).toContainEqual({
    kind: "record",
    call: "a",
    as: "ended",
    seconds: 62,
  });
  expect(ann.view().main.at).toBe("idle");
});
