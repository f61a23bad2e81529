/**
 * Carrying (docs/spec/homes.md HM45–HM48): copies the data that restores the account to its second home, byte for byte:
 * the device list, the recovery record, and the vault's segments in order. The second home itself says how far the copy
 * has come, so a crash at any point costs one segment.
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
/** Why it ended; undefined if all went well. */
type Ended = HomeFault | undefined;

/** Pause between two segments: both homes limit calls, and other work goes first. */
const paceMs = 110;
/** Segments of the usual size that one page of the vault holds. */
const pageUsual = 8;
const pageMost = 512;

/**
 * Exchanges the device list and the record of homes, so that both sides have the newest. Returns whether it succeeded.
 */
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
  // Sent even if it is there, so that the second home sees that the account is in use (HM42).
  if (record !== undefined) await call("sayHome", { record });
  return true;
}

/** As `bring`. */
export async function carry(engine: Engine, server: string, there: Errand, isStopped: () => boolean): Promise<Ended> {
  const ended = await bring(engine, server, there, isStopped);
  return ended === "gone" ? "home" : ended;
}

/**
 * Copies everything from the own home to `there`, until all is there or something prevents it. `gone`: home says that
 * it lost data that it had.
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
  // Home cannot switch the vault off or empty it: the person does, on one of the devices. @checks HM56
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

/**
 * Switches off or empties the vault there, if the person did so at home (HM48). Returns where the copy goes on;
 * undefined if the other home did not answer.
 */
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

/** Copies the recovery record of home; the second home is asked each time whether it has it. */
async function carryRecord(engine: Engine, there: Errand): Promise<Ended | "gone"> {
  const { db, lists } = engine;
  const answer = await engine.link.call("signed", "readRecord", {});
  if (answer.kind !== "ok") return "home";
  const { record } = answer.value;
  // This device stored a record there. @checks HM56
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

/** Content that was deleted from a segment at home is deleted there too (HM47). */
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
      // Another device was faster: the segment there is compared again.
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

/** Appends the segments from the place `at` on, in order, since a vault has no holes. */
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
    // The newest come first: if the page did not reach back far enough, a shorter span is asked for.
    if (segments[0]?.at !== at) {
      // not a check: a step of a loop.
      if (span === 1) return "home"; // The vault was emptied meanwhile.
      span = Math.max(1, Math.floor(span / 2));
      continue;
    }
    for (const { segment } of segments) {
      // not a check: a step of a loop.
      if (isStopped()) return "home";
      const put = await there.call("vaultAppend", { at, segment });
      if (put.kind === "lost") return "unreachable";
      // Another device copies too: the next visit asks how far it came.
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
