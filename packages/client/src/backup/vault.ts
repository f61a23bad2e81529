/**
 * Vault: history on all own devices (docs/spec/vault.md VA7–VA12). In the background this device appends its stored
 * messages to the account's log at home, and reads what it lacks, from the newest segment backwards. All tasks are
 * stored, so a crash at any point only means doing one again.
 */
import { decodeVaultSegment, type VaultSegment } from "@yanshu/content";
import {
  addUnread,
  addVaultPlace,
  beginVaultAnew,
  capVaultBegins,
  countDiagnostic,
  dropRewrite,
  dropUnvaulted,
  dropVaultNewer,
  hasUnread,
  hasUnvaulted,
  markClearTold,
  nextRewrite,
  nextUnread,
  noteVaultClear,
  noteVaultNewer,
  readVaultKeys,
  readVaultNewer,
  setVaultOrder,
  shrinkUnread,
  type UnreadRange,
  type VaultKeyRow,
} from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { createAlarm } from "../core/alarm.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { oweRewrite } from "../identity/other-home.ts";
import { endRestoring, isStandingIn } from "../identity/standing-in.ts";
import { boundedStamps } from "../messages/stamps.ts";
import { type HomeVault, readVault, writeVault } from "../values/vault-state.ts";
import { type Belief, beginEpoch, beliefIn, endReading } from "./belief.ts";
import { takeOrder, takeRecord } from "./entries.ts";
import { type Filled, fillSegment, strangersIn, takeGroups, takePeople, withoutErased } from "./fill.ts";
import { keepOwed, keepRecord } from "./keep-record.ts";
import { currentKey, keyGraceMs } from "./keys.ts";
import { makeKey } from "./make-key.ts";
import { settleHeard, takeHeard } from "./reported-marks.ts";
import { openSegment, sealSegment } from "./seal.ts";

/** Delay after a message, which is sent first; further ones go in the same segment. */
const usualDelayMs = 15_000;
const startMs = 2_000;
const retryMs = 20_000;
/** How often this device reads what others appended: soon after the sign-in, and rarely later. */
const lookMsMin = 30_000;
const lookMsMax = 3_600_000;
/** Pause between two calls: home limits them, and other work goes first. */
const paceMs = 110;
/**
 * A segment takes a tenth of a second of computing, or four on a slow device: it waits while the person is using the
 * app, but not for ever.
 */
const handsMs = 500;
const handsMsMax = 60_000;
const triesMax = 20;
/** How long a missing key may take to arrive, after all that waited before it. */
const closedMsMax = 600_000;
/** How often home alone may have this device begin anew. */
const anewMsMin = 86_400_000;

type Step = "done" | "again" | "later";
/**
 * A segment that was read. `locked`: no key opens it. `unreadable`: broken, or of a later version. `not-believed`: its
 * signer was not listed there.
 */
type Opened = { readonly at: number } & (
  | { readonly fault: "locked" | "unreadable" | "not-believed" }
  | ({ readonly belief: Exclude<Belief, "nothing">; readonly segment: Bytes } & (
      | { readonly fault: "newer" }
      | { readonly fault?: undefined; readonly held: VaultSegment }
    ))
);

export type VaultWorker = {
  /** Call this when something was stored. */
  readonly scheduleFlush: () => void;
  /** Call this when home can be reached, or with `now` if a person waits. */
  readonly wake: (now?: "now") => void;
  readonly stop: () => void;
};

export function createVault(engine: Engine): VaultWorker {
  const { db, ports } = engine;
  const appendMs = ports.vaultDelayMs ?? usualDelayMs;
  const { plan, dueMs, stop } = createAlarm(ports, run);
  let isRunning = false;
  let isWanted = false;
  /**
   * Home keeps no vault although this device's setting is on: another device has switched it off, or home names another
   * one again and again (VA47).
   */
  let isShut = false;
  let lookMs = lookMsMin;
  let isStopped = false;
  let keyWaitedMs: number | undefined;
  /** Since when home's recovery record has been outdated. */
  let recordSinceMs: number | undefined;

  function run(): void {
    isWanted ||= isRunning;
    if (isRunning || isStopped || engine.phase !== "ready" || !engine.link.isReady("signed") || isStandingIn(engine))
      return;
    isRunning = true;
    isWanted = false;
    work()
      .catch((error: unknown): Step => {
        engine.failed(error);
        return "later";
      })
      .then((step) => {
        isRunning = false;
        engine.changed("vault");
        if (isWanted) plan(0);
        else if (step === "later") plan(retryMs * (0.5 + ports.chance()));
        else {
          plan(lookMs * (0.5 + ports.chance()));
          lookMs = Math.min(lookMsMax, 2 * lookMs);
          scheduleFlush();
          engine.reserve();
        }
      })
      .catch(engine.failed);
  }

  function scheduleFlush(): void {
    if (isRunning || isStopped || isShut || engine.own === undefined || dueMs() < ports.nowMs() + appendMs) return;
    const { isOn, isFull } = readVault(db);
    if (isOn && !isFull && hasUnvaulted(db, engine.own.account)) plan(appendMs * (0.5 + ports.chance()));
  }

  async function work(): Promise<Step> {
    // A home that reports conflicts again and again is not asked without end.
    for (let tries = 0; tries < triesMax && !isStopped; tries++) {
      const step = await follow();
      if (step !== "again") return step;
      await pause(paceMs);
    }
    return "later";
  }

  /** First what others appended, then erasures, then this device's messages. One call at a time. */
  async function follow(): Promise<Step> {
    if (!(await tellWish())) return "later";
    if (!readVault(db).isOn) {
      endRestoring(engine);
      return "done";
    }
    const isThere = await askHome();
    if (isThere === undefined) return "later";
    isShut = !isThere;
    if (isShut) return "done";
    // A record that waits for home's list blocks nothing else.
    if ((await keepOwed(engine)) === "later") return "later";
    db.transaction(() => beginEpoch(engine));
    // Without a key nothing can be read: the other devices send it in their first messages.
    if (nextUnread(db) !== undefined && readVaultKeys(db).length === 0) return waitForKey();
    for (let range = nextUnread(db); range !== undefined; range = nextUnread(db)) {
      if (!(await readBelow(range)) || isStopped) return "later";
      await pause(paceMs);
    }
    db.transaction(() => endReading(engine));
    settleHeard(engine);
    endRestoring(engine);
    if (awaitsKey()) return "later";
    let refusedAt: number | undefined;
    for (;;) {
      const key = currentKey(engine);
      if (key === undefined) return waitForKey();
      await giveWay();
      const rewritten = nextRewrite(db, refusedAt);
      const step = rewritten === undefined ? await putNext(key) : await rewrite(key, rewritten);
      if (step === "refused") {
        refusedAt = rewritten; // It is asked again the next time, and holds up nothing else.
        continue;
      }
      if (step === "done") return keep();
      if (step !== "more" || isStopped) return step === "more" ? "later" : step;
      await pause(paceMs);
    }
  }

  async function keep(): Promise<Step> {
    const kept = await keepRecord(engine, recordSinceMs);
    recordSinceMs = kept.kind === "wait" ? (recordSinceMs ?? ports.nowMs()) : undefined;
    if (kept.kind === "wait" || kept.kind === "conflict") plan(kept.waitMs);
    // @checks VA33
    if (kept.kind === "kept" && !hasUnvaulted(db, ownOf(engine).account))
      db.transaction(() => writeVault(db, { wholeMs: ports.nowMs() }));
    return kept.kind === "later" ? "later" : "done";
  }

  async function putNext(key: VaultKeyRow): Promise<Step | "more"> {
    const { isOn, isFull, home } = readVault(db);
    if (!isOn || home === undefined || isFull) return "done";
    const filled = fillSegment(engine, home.next);
    if (filled === undefined) return "done";
    return append(home.next, filled, await sealSegment(engine, key, home.next, filled.held));
  }

  /** Sends the person's setting to home before anything else (VA12). */
  async function tellWish(): Promise<boolean> {
    const { isOn, isTold, stampMs } = readVault(db);
    if (isTold) return true;
    const answer = await engine.link.call("signed", "vaultSwitch", { isOn });
    if (answer.kind !== "ok") return false;
    if (readVault(db).stampMs === stampMs) db.transaction(() => writeVault(db, { isTold: true }));
    return true;
  }

  /** Returns whether home keeps a vault; undefined if it did not answer. */
  async function askHome(): Promise<boolean | undefined> {
    const answer = await engine.link.call("signed", "vaultState", {});
    if (answer.kind !== "ok") return undefined;
    const { isOn, ...home } = answer.value;
    const isKept = db.transaction(() => {
      writeVault(db, { isOff: !isOn });
      return isOn && note(home);
    });
    engine.changed("vault");
    return isKept;
  }

  /** Returns false if home names another vault too often: it is left alone. Inside a transaction. */
  function note(home: HomeVault): boolean {
    const { home: known, begunAnew, stampMs } = readVault(db);
    // The vault was emptied, or restored from an older copy: it is another vault now.
    const isOther = known !== undefined && (known.start !== home.start || home.next < known.next);
    if (isOther) {
      const nowMs = ports.nowMs();
      // @checks VA47
      if (begunAnew?.stampMs === stampMs && Math.abs(nowMs - begunAnew.atMs) < anewMsMin) {
        countDiagnostic(db, "vault-other-again");
        return false;
      }
      beginVaultAnew(db);
      writeVault(db, { begunAnew: { atMs: nowMs, stampMs } });
    }
    const from = known === undefined || isOther ? home.start : known.next;
    addUnread(db, { start: from, below: home.next });
    // Who said where an epoch begins had read up to there: what is beyond is no such place (VA30). Before all was read,
    // and where home takes back what it had said, one answer does not show that.
    if (readVault(db).readUnder !== undefined && !isOther) capVaultBegins(db, home.next);
    const hasRoom = known === undefined || home.bytes < known.bytes || home.bytesMax > known.bytesMax;
    writeVault(db, { home, isFull: readVault(db).isFull && !hasRoom && !isOther });
    return true;
  }

  /** Reads one page. Returns whether home answered. Places without a segment count as read. */
  async function readBelow(range: UnreadRange): Promise<boolean> {
    const answer = await engine.link.call("signed", "vaultRead", { before: range.below });
    if (answer.kind !== "ok") return false;
    db.transaction(() => beginEpoch(engine)); // The list may have changed since the page before.
    const page: Opened[] = [];
    for (const { at, segment } of answer.value.segments) {
      if (at < range.start) break; // not a check: home answers whole pages; below its start all was read.
      // @checks VA3
      if (at >= (page.at(-1)?.at ?? range.below)) break;
      page.push(await open(at, segment));
    }
    db.transaction(() => {
      for (const one of page) if (one.fault === undefined) takeOrder(engine, one.held.messages);
      if (page.length === 0) shrinkUnread(db, range, range.start, false);
    });
    let { below } = range;
    for (const one of page) {
      take({ start: range.start, below }, one);
      below = one.at;
      await pause(0);
      if (isStopped) return false;
    }
    engine.changed("vault");
    return true;
  }

  async function open(at: number, segment: Bytes): Promise<Opened> {
    const opened = await openSegment(engine, at, segment);
    if (typeof opened === "string") return { at, fault: opened === "locked" ? "locked" : "unreadable" };
    const before = readVaultNewer(db, at);
    const now = beliefIn(engine, at, opened);
    // What the same bytes told when they were first read, they tell still; they change and erase nothing by it any
    // more.
    const isKnown = before !== undefined && equalBytes(before.hash, ports.crypto.sha256(segment));
    const belief = isKnown && now !== "all" ? "missing" : now;
    // @checks VA22
    if (belief === "nothing") return { at, fault: "not-believed" };
    const held = decodeVaultSegment(opened.held);
    return held === undefined ? { at, fault: "newer", belief, segment } : { at, held, belief, segment };
  }

  function take(range: UnreadRange, one: Opened): void {
    const { at, fault } = one;
    db.transaction(() => {
      shrinkUnread(db, range, at, fault === "locked");
      if (fault === "locked" && at > (readVault(db).closed?.at ?? -1))
        writeVault(db, { closed: { at, sinceMs: ports.nowMs() } });
      if (fault !== undefined) {
        if (fault !== "locked") countDiagnostic(db, `vault-${fault}`);
        if (fault === "newer" && one.belief !== "places") noteNewer(one);
        return;
      }
      const { held, belief } = one;
      noteSeen(at);
      // @checks VA22
      if (belief === "all") {
        for (const { conversation, upToMs } of boundedStamps(held.clears, ports.nowMs()))
          noteVaultClear(db, conversation, upToMs, true);
        takeHeard(engine, held);
      }
      // @checks VA22
      if (belief !== "places") {
        takePeople(engine, belief === "all" ? held.people : strangersIn(engine, held.people));
        takeGroups(engine, at, held.groups);
      }
      const newer = held.messages.toReversed().filter((record) => takeRecord(engine, at, record, belief));
      if (newer.length > 0) noteNewer(one);
      else dropVaultNewer(db, at);
      const chats = new Map(held.messages.map(({ conversation }) => [toHex(conversation), conversation]));
      engine.changed("chats", ...[...chats.values()].map(topicOf));
    });
  }

  function noteNewer({ at, segment }: { readonly at: number; readonly segment: Bytes }): void {
    noteVaultNewer(db, { at, hash: ports.crypto.sha256(segment) });
  }

  function noteSeen(at: number): void {
    if (at >= (readVault(db).seen ?? 0)) writeVault(db, { seen: at + 1 });
  }

  /**
   * Whether to wait for a key: the orders of unread messages are unknown, and messages appended now could be sorted
   * differently (VA10).
   */
  function awaitsKey(): boolean {
    const waitedMs = ports.nowMs() - (readVault(db).closed?.sinceMs ?? 0);
    return hasUnread(db) && waitedMs >= 0 && waitedMs < closedMsMax;
  }

  /** Makes the key, if no other device made it in time. */
  async function waitForKey(): Promise<Step> {
    keyWaitedMs ??= ports.nowMs();
    if (ports.nowMs() - keyWaitedMs < keyGraceMs(engine)) return "later";
    keyWaitedMs = undefined;
    makeKey(engine);
    // Segments sealed under a key that exists only in this device's store would be lost with it.
    await engine.deviceBackup.write();
    return (await keep()) === "later" ? "later" : "again";
  }

  async function append(at: number, filled: Filled, segment: Bytes): Promise<Step | "more"> {
    const answer = await engine.link.call("signed", "vaultAppend", { at, segment });
    if (answer.kind === "lost") return "later";
    if (answer.kind === "error") {
      // Another device was faster: its segment is read first.
      if (answer.code === "stale-offset") return "again";
      if (answer.code === "vault-full") db.transaction(() => writeVault(db, { isFull: true }));
      return answer.code === "vault-full" ? "done" : "later";
    }
    db.transaction(() => {
      const { home } = readVault(db);
      if (home === undefined || home.next !== at) return; // The vault was switched off meanwhile.
      writeVault(db, { home: { ...home, next: at + 1, bytes: home.bytes + segment.length } });
      noteSeen(at);
      for (const { conversation, position, turn, order } of filled.rows) {
        addVaultPlace(db, position, at);
        setVaultOrder(db, { conversation, position }, order);
        dropUnvaulted(db, position, turn);
      }
      for (const clear of filled.clears) markClearTold(db, clear);
    });
    engine.changed("vault");
    return "more";
  }

  /** Removes erased messages from a segment; the first device to come does it (VA9). */
  async function rewrite(key: VaultKeyRow, at: number): Promise<"more" | "later" | "refused"> {
    const answer = await engine.link.call("signed", "vaultRead", { before: at + 1 });
    if (answer.kind !== "ok") return "later";
    const found = answer.value.segments.find((one) => one.at === at);
    const opened = found && (await open(at, found.segment));
    const kept = opened?.fault === undefined ? opened && withoutErased(engine, opened.held, opened.belief) : undefined;
    if (found !== undefined && kept !== undefined) {
      const was = ports.crypto.sha256(found.segment);
      const segment = await sealSegment(engine, key, at, kept);
      const put = await engine.link.call("signed", "vaultRewrite", { at, was, segment });
      if (put.kind === "lost") return "later";
      // Another device rewrote it meanwhile: the segment is compared again.
      if (put.kind === "error" && put.code !== "malformed") return "later";
      // Of one that is no larger this is home's word alone: what was taken back would stay there (VA9).
      if (put.kind === "error" && segment.length <= found.segment.length) return "refused";
    }
    db.transaction(() => {
      dropRewrite(db, at);
      if (ports.reachesOthers === true) oweRewrite(db, at);
    });
    return "more";
  }

  async function giveWay(): Promise<void> {
    const isWanted = () => ports.isAtWork?.() === true && !isStopped;
    for (let waitedMs = 0; waitedMs < handsMsMax && isWanted(); waitedMs += handsMs) await pause(handsMs);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => void ports.after(ms, resolve));
  }

  return {
    scheduleFlush,
    wake: (now) => {
      lookMs = lookMsMin;
      plan(now === "now" ? 0 : startMs);
    },
    stop: () => {
      isStopped = true;
      stop();
    },
  };
}
