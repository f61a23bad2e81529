/**
 * Carrying (docs/spec/homes.md HM45–HM48): what brings the account back goes to its reserve, byte for byte as it lies
 * at home: the device list, the recovery record, and the vault's segments in their order. How far it came the reserve
 * says itself, so that a crash at any point costs one segment.
 */
import { readMeta } from "@yanshu/store";
import { type Bytes, type CallResult, equalBytes, headOf } from "@yanshu/wire";
import type { HomeFault } from "../api/homes.ts";
import type { Answer, Errand } from "../connection/link.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { changeOtherHome, noteLeaving, readOtherHome } from "../identity/other-home.ts";
import { askedToLeave, heldHomes, takeHomes } from "../identity/own-homes.ts";
import { tellEntries } from "../identity/tell-entries.ts";
import { readVault } from "../values/vault-state.ts";

type Vault = CallResult<"vaultState">;
/** Undefined: it went well. */
type Ended = HomeFault | undefined;

/** Between two segments: both homes limit calls, and other work goes before. */
const paceMs = 110;
/** Segments of the usual size that one page of the vault holds. */
const pageUsual = 8;
const pageMost = 512;

/** The list and the record of homes, each side's, so that both have what counts. Returns whether it could. */
export async function exchange(engine: Engine, server: string, { call }: Pick<Errand, "call">): Promise<boolean> {
  const { lists } = engine;
  const { account, inception } = ownOf(engine);
  const head = lists.head(account);
  if (head === undefined) return false;
  const told = await call("ownEntries", { from: head.body.n });
  if (told.kind !== "ok") return false;
  const [first, ...later] = told.value.entries;
  if (first === undefined || !equalBytes(first, head.bytes)) await tellEntries(engine, call);
  else if (later.length > 0) await lists.take({ inception, entries: told.value.entries });
  const state = await call("homeState", {});
  if (state.kind !== "ok") return false;
  await takeHomes(engine, state.value.record);
  engine.db.transaction(() => noteLeaving(engine.db, askedToLeave(engine, state.value), server));
  const record = heldHomes(engine)?.bytes;
  // It is said though it is there: so the reserve knows that somebody of the account was there (HM42).
  if (record !== undefined) await call("sayHome", { record });
  return true;
}

/** As `bring`. */
export async function carry(engine: Engine, server: string, there: Errand, isStopped: () => boolean): Promise<Ended> {
  const ended = await bring(engine, server, there, isStopped);
  return ended === "gone" ? "home" : ended;
}

/**
 * All of it, from the own home to `there`; over when all is there or something keeps it. `gone`: home says that it has
 * no more what it had.
 */
export async function bring(
  engine: Engine,
  server: string,
  there: Errand,
  isStopped: () => boolean,
): Promise<Ended | "gone"> {
  const here = engine.link;
  const [from, to] = [await here.call("signed", "vaultState", {}), await there.call("vaultState", {})];
  if (from.kind !== "ok") return "home";
  if (to.kind !== "ok") return "unreachable";
  const { db } = engine;
  const { isOn, stampMs, home } = readVault(db);
  const isBack = from.value.next < (home?.next ?? 0);
  const isEmptied = from.value.start > to.value.start && to.value.next > to.value.start;
  const isWished = (readOtherHome(db, server)?.vaultMs ?? stampMs) !== stampMs;
  // Home alone switches nothing off and empties nothing: the person does, on one of the devices.
  // @checks HM56
  if (isOn && (!from.value.isOn || isBack || (isEmptied && !isWished))) return "gone";
  const at = await alike(from.value, to.value, { isOn, isEmptied }, there);
  if (at === undefined) return "unreachable";
  db.transaction(() => changeOtherHome(db, server, (now) => ({ ...now, vaultMs: stampMs })));
  note(engine, server, from.value, at);
  if (!isOn) return undefined;
  const record = await carryRecord(engine, there);
  if (record !== undefined) return record;
  const rewritten = await carryRewrites(engine, server, there);
  if (rewritten !== undefined) return rewritten;
  return carrySegments(engine, server, there, from.value, at, isStopped);
}

/** Where the person switched the vault off, or emptied it, it is so there as well (HM48). Returns where it goes on. */
async function alike(
  from: Vault,
  to: Vault,
  { isOn, isEmptied }: { readonly isOn: boolean; readonly isEmptied: boolean },
  { call }: Errand,
): Promise<number | undefined> {
  if (to.isOn && (!isOn || isEmptied)) {
    const off = await call("vaultSwitch", { isOn: false });
    if (off.kind !== "ok") return undefined;
  }
  if (isOn && (!to.isOn || isEmptied)) {
    const on = await call("vaultSwitch", { isOn: true });
    if (on.kind !== "ok") return undefined;
  }
  const isEmpty = isEmptied || !to.isOn || to.start === to.next;
  return isEmpty ? Math.max(from.start, to.next) : to.next;
}

function note({ db, changed }: Engine, server: string, { start, next }: Vault, at: number): void {
  const of = Math.max(0, next - start);
  db.transaction(() =>
    changeOtherHome(db, server, (now) => ({ ...now, done: Math.min(of, Math.max(0, at - start)), of })),
  );
  changed("homes");
}

/** What there is at home; whether the reserve has it is asked of the reserve itself, each time. */
async function carryRecord(engine: Engine, there: Errand): Promise<Ended | "gone"> {
  const { db, lists } = engine;
  const answer = await engine.link.call("signed", "readRecord", {});
  if (answer.kind !== "ok") return "home";
  const { record } = answer.value;
  // This device put one there.
  // @checks HM56
  if (record === undefined) return readMeta(db, "record-kept") === undefined ? undefined : "gone";
  const held = await there.call("readRecord", {});
  if (held.kind !== "ok") return "unreachable";
  if (held.value.record !== undefined && equalBytes(held.value.record, record)) return undefined;
  const list = await lists.load(ownOf(engine).account);
  const head = list && headOf(list);
  if (head === undefined) return "home";
  const kept = await there.call("keepRecord", { n: head.body.n, entryHash: head.hash, record });
  if (kept.kind !== "ok") return kept.kind === "lost" ? "unreachable" : "refused";
  return undefined;
}

/** What left a segment at home leaves it there too (HM47). */
async function carryRewrites(engine: Engine, server: string, there: Errand): Promise<Ended> {
  const { db, ports } = engine;
  for (const at of readOtherHome(db, server)?.rewrites ?? []) {
    const here = segmentAt(await engine.link.call("signed", "vaultRead", { before: at + 1 }), at);
    // not a check: the network's answer.
    if (here === "lost") return "home";
    const held = segmentAt(await there.call("vaultRead", { before: at + 1 }), at);
    // not a check: the network's answer.
    if (held === "lost") return "unreachable";
    if (here !== undefined && held !== undefined && !equalBytes(here, held)) {
      const put = await there.call("vaultRewrite", { at, was: ports.crypto.sha256(held), segment: here });
      if (put.kind === "lost") return "unreachable";
      // Another device was quicker: what is there then is looked at once more.
      if (put.kind === "error") return "refused";
    }
    db.transaction(() =>
      changeOtherHome(db, server, (now) => ({ ...now, rewrites: now.rewrites.filter((one) => one !== at) })),
    );
    await pause(engine);
  }
  return undefined;
}

function segmentAt(page: Answer<CallResult<"vaultRead">>, at: number): Bytes | "lost" | undefined {
  return page.kind === "ok" ? page.value.segments.find((one) => one.at === at)?.segment : "lost";
}

/** From the place `at` on, in their order: a vault has no holes. */
async function carrySegments(
  engine: Engine,
  server: string,
  there: Errand,
  vault: Vault,
  begin: number,
  isStopped: () => boolean,
): Promise<Ended> {
  let at = begin;
  let span = pageUsual;
  while (at < vault.next) {
    const before = Math.min(vault.next, at + span);
    const page = await engine.link.call("signed", "vaultRead", { before });
    if (page.kind !== "ok") return "home";
    const segments = page.value.segments.filter((one) => one.at >= at).toReversed();
    // The newest come first: where the page did not reach back so far, a shorter stretch is asked for.
    if (segments[0]?.at !== at) {
      // not a check: a step of a loop.
      if (span === 1) return "home"; // It was emptied meanwhile.
      span = Math.max(1, Math.floor(span / 2));
      continue;
    }
    for (const { segment } of segments) {
      // not a check: a step of a loop.
      if (isStopped()) return "home";
      const put = await there.call("vaultAppend", { at, segment });
      if (put.kind === "lost") return "unreachable";
      // Another device carries too: where it came to is asked at the next visit.
      if (put.kind === "error") return put.code === "vault-full" ? "full" : "refused";
      at++;
      note(engine, server, vault, at);
      await pause(engine);
    }
    span = Math.min(pageMost, span * 2);
  }
  return undefined;
}

function pause({ ports }: Engine): Promise<void> {
  return new Promise((resolve) => void ports.after(paceMs, resolve));
}
