/** What of a group's leaves a list names, whatever they say of their server (docs/spec/peers.md PE30). */
import { expect, test } from "bun:test";
import type { Group } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { type Address, type CallArgs, encodeCall, farListHashOf } from "@yanshu/wire";
import { testAccount } from "../backup/testing/test-account.ts";
import type { Engine } from "../core/engine.ts";
import { createFarStates } from "../delivery/far-states.ts";
import { newOtherHome, putOtherHome } from "../identity/other-home.ts";
import { forgetHomeKey, setHomeKey } from "../values/far-servers.ts";
import { farOf, isFromGateOf, listTarget, reaches, serversBeside, targetOf, uploadList } from "./places.ts";

type Entries = CallArgs<"uploadFarList">["entries"];

const crypto = createBunCrypto();
const home = "yan.test";

/** Ann's device, whose home speaks with others; and the lists that it uploads. */
async function device(isKnown = true) {
  const uploaded: { readonly at: string | undefined; readonly entries: Entries }[] = [];
  const { engine: bare } = await testAccount(crypto, openBunDatabase(":memory:"));
  const ask = async (at: string | undefined, _name: string, { entries }: { readonly entries: Entries }) => {
    encodeCall(1, "uploadFarList", { entries }); // What cannot be said throws.
    uploaded.push({ at, entries });
    const value = { hash: farListHashOf(crypto.sha256, entries), refused: ["s2.test"] };
    return isKnown ? { kind: "ok", value } : { kind: "error", code: "unknown-method" };
  };
  const link = { ask, isBefore: () => false };
  const engine = { ...bare, own: { ...bare.own, server: home }, link } as unknown as Engine;
  engine.db.transaction(() => setHomeKey(engine.db, new Uint8Array(32)));
  return { engine, uploaded };
}

const address = (at: number) => new Uint8Array(16).fill(at) as Address;
const leaves = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ server: `s${at}.test`, address: address(at) }));

test("[PE30] of more servers than a list may name those of the first leaves get it, the list's own and home among them, and who is left out is said", async () => {
  const { engine, uploaded } = await device();
  const places = [...leaves(40), { server: home, address: address(100) }];
  const named = [home, ...leaves(31).map(({ server }) => server)];
  const left = leaves(40)
    .slice(31)
    .map(({ server }) => server);
  expect(await uploadList(engine, home, places)).toEqual(["s2.test", ...left]);
  const entries = uploaded[0]?.entries ?? [];
  expect(new Set(entries.map(({ server }) => server))).toEqual(new Set(named));
  expect(entries.at(-1)).toEqual({ server: home, address: address(100) });
  expect(listTarget(engine, home, places).list).toEqual(farListHashOf(crypto.sha256, entries));
  expect(serversBeside(engine, home, places)).toEqual(named.slice(1));
  // At the gate of a server whose leaf comes late.
  expect(await uploadList(engine, "s39.test", places)).toEqual(["s2.test", ...left.slice(0, -1), "s30.test"].sort());
  const there = new Set(uploaded[1]?.entries.map(({ server }) => server));
  expect([there.size, there.has("s39.test"), there.has(home)]).toEqual([32, true, true]);
  const members = places.map((place) => ({ ...place, account: new Uint8Array([0xaa]) }));
  const group = { members, state: { gateServer: home } } as unknown as Group;
  expect(createFarStates(engine).of(group)).toEqual(
    left.map((server) => ({ server, state: "refuses", people: ["aa"] })),
  );
  const old = await device(false);
  expect(await uploadList(old.engine, home, places)).toHaveLength(40);
});

test("[PE30] a leaf that names no server is at home, and no list or target says its words", async () => {
  const { engine, uploaded } = await device();
  for (const server of ["x y", "", "A.TEST", `${"a".repeat(64)}.test`]) {
    expect(farOf(engine, server)).toBeUndefined();
    const nowhere = { server, address: address(9) };
    expect(targetOf(engine, home, nowhere)).toEqual({ kind: "address", address: address(9) });
    expect(targetOf(engine, "s1.test", nowhere)).toEqual({ kind: "far", server: home, address: address(9) });
    for (const at of [home, "s1.test"]) {
      await uploadList(engine, at, [...leaves(2), nowhere]);
      expect(uploaded.at(-1)?.entries.at(-1)).toEqual({ server: home, address: address(9) });
    }
  }
});

test("[PE33] [PE67] a push is of its gate's server, or of the home before, where this device's leaf is still", async () => {
  const { engine: bare } = await device();
  const before = "old.test";
  const link = { ...bare.link, isBefore: (server: string) => server === before };
  const engine = { ...bare, link } as Engine;
  const isOf = (from: { readonly server?: string; readonly via?: string }, gateServer: string, at = before) => {
    const members = [
      { leaf: 1, server: at },
      { leaf: 2, server: before },
    ];
    return isFromGateOf(engine, from as never, { state: { gateServer }, members, ownLeaf: 1 } as never);
  };
  expect([isOf({}, home), isOf({ server: "s1.test" }, home)]).toEqual([true, false]);
  expect([isOf({ server: "s1.test" }, "s1.test"), isOf({}, "s1.test"), isOf({ server: "s2.test" }, "s1.test")]).toEqual(
    [true, false, false],
  );
  // The home before speaks for its own gates, and for no gate of home.
  const own = { server: before, via: before };
  expect([isOf(own, before), isOf(own, home), isOf(own, before, home)]).toEqual([true, false, true]);
  // It passes on what others said, as long as this device's leaf is there.
  const passed = { server: "s1.test", via: before };
  expect([isOf(passed, "s1.test"), isOf(passed, "s1.test", home), isOf(passed, "s2.test")]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isOf({ server: home, via: before }, home), isOf({ server: home, via: before }, "s1.test")]).toEqual([
    true,
    false,
  ]);
});

test("[PE90] a home that spoke with others and says so no more is still not asked for what is elsewhere; one to which the device goes has its own word", async () => {
  const { engine } = await device();
  expect(farOf(engine, "s1.test")).toBe("s1.test");
  engine.db.transaction(() => setHomeKey(engine.db, undefined));
  expect([farOf(engine, "s1.test"), reaches(engine, "s1.test")]).toEqual(["s1.test", true]);
  engine.db.transaction(() => forgetHomeKey(engine.db));
  expect([farOf(engine, "s1.test"), reaches(engine, "s1.test"), reaches(engine, home)]).toEqual([
    undefined,
    false,
    true,
  ]);
  // What the account left lies where home stands in for it (HM69).
  engine.db.transaction(() => putOtherHome(engine.db, { ...newOtherHome("left.test"), isFormer: true }));
  expect([reaches(engine, "left.test"), reaches(engine, "no server's name")]).toEqual([true, false]);
});
