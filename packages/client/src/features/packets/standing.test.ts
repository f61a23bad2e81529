/** Who stands where, and until when (docs/spec/packets.md RP12–RP19), against members that lie about it. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { encodeBody } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import { pack } from "../../feature.ts";
import { watchIn } from "./desk.ts";
import { isAnswered, owedTerms, oweHandlers, stateOf } from "./owe.ts";
import { commitment, resultHash, type Side, takesHash, termsHash } from "./split.ts";
import { dayMs, isInTime, openerOf, type PacketRecord, type Shown, showMs, standingOf, type Take } from "./standing.ts";

const sha256 = (data: Bytes): Bytes => new Uint8Array(createHash("sha256").update(data).digest());
const packet = { id: new Uint8Array(16).fill(9), total: 3_000, shares: 3, mode: "lucky" } as const;
const account = (n: number) => new Uint8Array(32).fill(n);
const secret = (n: number, side: Side) => new Uint8Array(32).fill(side === "left" ? 100 + n : 200 + n);

function take(n: number, order?: number): Take {
  const of = (side: Side) => commitment(sha256, packet.id, account(n), side, secret(n, side));
  const place = order === undefined ? {} : { order };
  return { account: account(n), id: new Uint8Array(16).fill(n), left: of("left"), right: of("right"), ...place };
}

const nameOf = (n: number) => ({ author: account(n), id: new Uint8Array(16).fill(n) });
function shown(n: number, side: Side, other: number, more: Partial<Shown> = {}): Shown {
  const [first, second] = side === "left" ? [other, n] : [n, other];
  const beside = { first: nameOf(first), second: nameOf(second) };
  return { account: account(n), side, secret: secret(n, side), stampMs: 1, ...beside, ...more };
}

const terms = termsHash(sha256, packet.id, { ...packet, of: "points", currency: "" });
const record = (more: Partial<PacketRecord>): PacketRecord => ({
  packet,
  terms,
  author: account(50),
  sentMs: 0,
  hasPeer: false,
  takes: [],
  shows: [],
  ...more,
});
const who = ({ openers }: { readonly openers: readonly Take[] }) => openers.map((one) => one.account[0]);

test("[RP12] nobody names their own place, and none between two of whom one showed that they are neighbours", () => {
  const takes = [take(1, 1), take(2, 2), take(3)];
  const honest = [shown(1, "right", 2, { order: 3 }), shown(2, "left", 1, { order: 4 })];
  const own = [shown(3, "left", 1, { order: 5 }), shown(3, "right", 2, { order: 6 })];
  expect(who(standingOf(sha256, record({ takes, shows: [...own, ...honest] }), 1))).toEqual([1, 2]);
  // A neighbour who helps comes too late: the other one showed already.
  const helped = [shown(2, "left", 3, { order: 7 }), ...own, ...honest];
  expect(who(standingOf(sha256, record({ takes, shows: helped }), 1))).toEqual([1, 2]);
  // One that was missed in truth stands where its neighbours saw it.
  const missed = record({ takes: [take(1, 1), take(2), take(3, 3)], shows: [shown(1, "right", 2, { order: 4 })] });
  expect(who(standingOf(sha256, missed, 1))).toEqual([1, 2, 3]);
});

test("[RP12] two that were missed beside each other stand where their neighbours saw them", () => {
  const takes = [take(1, 1), take(2), take(3), take(4, 4)];
  const shows = [shown(1, "right", 2, { order: 5 }), shown(4, "left", 3, { order: 6 })];
  const missed = record({ packet: { ...packet, shares: 4 }, takes, shows });
  expect(who(standingOf(sha256, missed, 1))).toEqual([1, 2, 3, 4]);
});

test("[RP13] an end counts by its place alone, whenever a device heard of it, and takes no secret that came in time", () => {
  const over = { stampMs: dayMs, order: 5 };
  const settled = { stampMs: dayMs + showMs, order: 6, hash: new Uint8Array(32) };
  const takes = [take(1, 1), take(2, 2), take(3, 7)];
  const shows = [
    shown(1, "left", 2, { order: 10 }),
    shown(1, "right", 2, { order: 11 }),
    shown(2, "left", 1, { order: 12 }),
    shown(2, "right", 1, { order: 13 }),
  ];
  // Posted at once and stamped a day ahead: from then on nobody takes, on a device that was off until then too.
  for (const now of [1, 2 * dayMs]) {
    const standing = standingOf(sha256, record({ takes, over }), now);
    expect([who(standing), standing.at]).toEqual([[1, 2], "closed"]);
  }
  // Settled at once as well: what was shown before that stamp counts, and who gave it is told that it differs.
  const now = standingOf(sha256, record({ takes, shows, over, settled }), dayMs + showMs);
  expect(now.result.pots.map(({ state }) => state)).toEqual(["cut", "cut"]);
  expect(now.isDisputed).toBe(true);
  // What is stamped when that time was there stands behind it.
  const stampMs = dayMs + showMs;
  const late = shows.map((one) => ({ ...one, stampMs }));
  const behind = standingOf(sha256, record({ takes, over, settled, shows: late }), stampMs);
  expect(behind.result.pots.every(({ state }) => state === "returned")).toBe(true);
});

test("[RP6] [RP7] an end is a day after the packet, and what came of it three days later, by no stamp ahead of the reader’s clock", () => {
  const takes = [take(1, 1), take(2, 2)];
  const at = (overMs: number, afterMs: number, nowMs: number) => {
    const settled = { stampMs: overMs + afterMs, order: 6, hash: new Uint8Array(32) };
    return standingOf(sha256, record({ takes, over: { stampMs: overMs, order: 5 }, settled }), nowMs).at;
  };
  const nowMs = dayMs + showMs;
  expect([at(dayMs - 1, showMs, nowMs), at(dayMs, showMs, nowMs)]).toEqual(["open", "settled"]);
  expect([at(dayMs, showMs - 1, nowMs), at(dayMs, showMs, nowMs - 1)]).toEqual(["closed", "closed"]);
});

test("[RP14] a take by whom the packet is not for does not count", () => {
  const takes = [take(1, 1), take(2, 2), take(3, 3)];
  expect(who(standingOf(sha256, record({ takes, forWhom: [account(1), account(3)] }), 1))).toEqual([1, 3]);
});

test("[RP14] a take of another packet under the same id does not count, and who made it is told", () => {
  const other = termsHash(sha256, packet.id, { ...packet, total: 30, of: "points", currency: "" });
  const takes = [
    { ...take(1, 1), terms },
    { ...take(2, 2), terms: other },
    { ...take(3, 3), terms },
  ];
  const here = standingOf(sha256, record({ takes }), 1);
  expect(who(here)).toEqual([1, 3]);
  expect(here.differing.map(([n]) => n)).toEqual([2]);
  // Each part of what is given is in it, for whom it is too.
  const all = [
    {},
    { total: 2_999 },
    { shares: 4 },
    { mode: "equal" },
    { of: "money" },
    { currency: "USD" },
    { forWhom: [] },
    { forWhom: [account(1)] },
  ].map((more) => termsHash(sha256, packet.id, { ...packet, of: "points", currency: "", ...(more as object) }));
  expect(new Set(all.map((one) => toHex(one))).size).toBe(all.length);
});

test("[RP15] who saw another take of a neighbour than this device is told, and only of own pots", () => {
  const [one, two, three] = [take(1, 1), take(2, 2), take(3, 3)] as const;
  const changed = { ...two, left: new Uint8Array(32).fill(7) };
  const saw = (first: Take, second: Take) => ({ takes: takesHash(sha256, packet.id, first, second) });
  const differing = (shows: readonly Shown[]) =>
    standingOf(sha256, record({ takes: [one, two, three], shows }), 1).differing.map(([n]) => n);
  expect(differing([shown(1, "right", 2, saw(one, two)), shown(2, "left", 1)])).toEqual([]);
  expect(differing([shown(1, "right", 2, saw(one, changed))])).toEqual([1]);
  // Another take of the neighbour, or of their own, by its name.
  const renamed = (n: number) => ({ author: account(n), id: new Uint8Array(16).fill(77) });
  expect(differing([shown(1, "right", 2, { first: renamed(1) })])).toEqual([1]);
  expect(differing([shown(1, "right", 2, { second: renamed(2) })])).toEqual([1]);
  expect(differing([shown(1, "right", 2, { second: { author: account(2), id: packet.id } })])).toEqual([1]);
  // Of a pot that is not theirs nobody saw anything.
  expect(differing([{ ...shown(2, "right", 3, saw(changed, three)), account: account(1) }])).toEqual([]);
});

test("[RP15] who showed beside another neighbour than stands there here is told", () => {
  const differing = (takes: readonly Take[], shows: readonly Shown[]) =>
    standingOf(sha256, record({ takes, shows }), 1).differing.map(([n]) => n);
  const honest = [shown(1, "right", 2), shown(2, "left", 1), shown(2, "right", 3), shown(3, "left", 2)];
  const closing = [shown(1, "left", 3), shown(3, "right", 1)];
  const inOrder = [take(1, 10), take(2, 20), take(3, 30)];
  expect(differing(inOrder, [...honest, ...closing])).toEqual([]);
  // The order of the pair counts too, and the ring closes between the last and the first alone.
  expect(differing([take(1, 10), take(2, 20)], closing)).toEqual([]);
  // Home lets one stand between two of whom the first showed already.
  expect(differing([take(1, 10), take(3, 15), take(2, 20)], [shown(1, "right", 2)])).toEqual([1]);
  // Home tells others another order.
  expect(differing([take(1, 10), take(3, 20), take(2, 30)], honest)).toEqual([1, 2, 3]);
  // One that was missed stands where its neighbours saw it, and nobody differs.
  expect(differing([take(1, 10), take(2), take(3, 30)], [...honest, ...closing])).toEqual([]);
});

test("[RP16] a packet that is stamped ahead is not opened before its time has come, nor one a day later", () => {
  expect([0, dayMs, dayMs + 1, -3_600_000, -3_600_001].map((now) => isInTime(0, now))).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
});

test("[RP19] who gave it says what came of it also when all is shown, and who reckons otherwise says so", () => {
  const takes = [1, 2, 3].map((n) => take(n, n));
  const shows = [1, 2, 3].flatMap((n) => [
    shown(n, "left", ((n + 1) % 3) + 1, { order: 10 + n }),
    shown(n, "right", (n % 3) + 1, { order: 20 + n }),
  ]);
  const { openers, result } = standingOf(sha256, record({ takes, shows }), 1);
  expect(result.isDone).toBe(true);
  const ring = openers.map((one) => openerOf(one, shows));
  const said = { stampMs: 1, order: 30, hash: resultHash(sha256, packet.id, ring, result) };
  expect(standingOf(sha256, record({ takes, shows, settled: said }), 1).isDisputed).toBe(false);
  const other = { ...said, hash: new Uint8Array(32) };
  expect(standingOf(sha256, record({ takes, shows, settled: other }), 1).isDisputed).toBe(true);
});

test("[RP17] words of those who are not asked neither answer nor end what is owed", () => {
  const owe = { kind: "owe", to: account(2), of: "points", currency: "", amount: 5, note: "" } as const;
  const says =
    (by: number, kind: "owed" | "got", key = "") =>
    (asked: string) =>
      asked === kind ? [{ by: account(by), key }] : [];
  expect(isAnswered(owe, account(1), says(3, "owed"))).toBe(false);
  expect(isAnswered(owe, account(1), says(2, "owed"))).toBe(true);
  expect(isAnswered(owe, account(1), says(3, "got", toHex(account(1))))).toBe(false);
  expect(isAnswered(owe, account(1), says(2, "got", toHex(account(3))))).toBe(false);
  expect(isAnswered(owe, account(1), says(2, "got", toHex(account(1))))).toBe(true);
});

test("[RP30] what was answered does not lapse later, whatever a home numbers from then on", () => {
  const owe = { kind: "owe", to: account(2), of: "points", currency: "", amount: 5, note: "" } as const;
  const lapsesAfter = (answers: readonly { readonly by: Bytes; readonly value: Bytes }[]) => {
    const kept: string[] = [];
    const context = {
      db: { get: () => ({ body: encodeBody(owe), sent_ms: 0 }) },
      marks: (_: unknown, __: unknown, kind: string) => (kind === "owed" ? answers : []),
      setMark: (_: unknown, __: unknown, { kind }: { readonly kind: string }) => kept.push(kind),
    };
    const said = { conversation: packet.id, by: account(1), sentAtMs: dayMs, order: 1, body: { id: packet.id } };
    oweHandlers.lapsed(context as never, said as never);
    return kept.length > 0;
  };
  const yes = (by: number, order?: number) => ({
    by: account(by),
    value: pack({ answer: "yes", ...(order === undefined ? {} : { order }) }),
  });
  expect(lapsesAfter([yes(2, 1_000_000)])).toBe(false);
  expect(lapsesAfter([])).toBe(true);
  // A word of somebody else, and one's own that home has not placed yet.
  expect(lapsesAfter([yes(3, 1)])).toBe(true);
  expect(lapsesAfter([yes(2)])).toBe(true);
});

test("[RP37] a yes to another transfer under the same id counts for nothing, and says so", () => {
  const owe = { kind: "owe", to: account(2), of: "money", currency: "USD", amount: 500, note: "伞" } as const;
  const name = nameOf(1);
  const terms = owedTerms(sha256, name, owe);
  const stands = (answered: object) => {
    const owed = [{ by: account(2), key: "", stamp_ms: 1, value: pack({ answer: "yes", order: 1, ...answered }) }];
    const words = { owed, lapsed: [], paid: [], got: [] } as never;
    return stateOf(words, account(2), account(1), account(2), { author: account(1), sentMs: 0, terms }).state;
  };
  expect(stands({ terms })).toBe("open");
  expect(stands({ terms: owedTerms(sha256, name, { ...owe, amount: 50_000 }) })).toBe("differs");
  expect(stands({ terms: owedTerms(sha256, nameOf(3), owe) })).toBe("differs");
  expect(stands({ answer: "no", terms: new Uint8Array(32) })).toBe("off");
  // A device of before says no terms.
  expect(stands({})).toBe("open");
});

test("[RP18] an author's many packets push out that author's oldest alone", () => {
  const watched = new Map<string, { readonly name: ReturnType<typeof nameOf> }>();
  watchIn(watched, "ann", { name: nameOf(1) });
  for (let n = 0; n < 300; n++) watchIn(watched, `mal ${n}`, { name: nameOf(2) });
  expect(watched.size).toBe(257);
  expect([watched.has("ann"), watched.has("mal 0"), watched.has("mal 299")]).toEqual([true, false, true]);
});
