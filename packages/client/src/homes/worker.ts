/**
 * Visits the second home of this device in the background (docs/spec/homes.md HM45, HM46, HM52): a while after a change
 * at home, and now and then; and when home does not answer, to learn whether the account moved there.
 */
import { readMeta } from "@yanshu/store";
import { equalBytes, homesOf, standing } from "@yanshu/wire";
import { createAlarm } from "../core/alarm.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import {
  changeOtherHome,
  endGone,
  hasGone,
  markOf,
  noteRemoved,
  readReserve,
  setReserveHome,
} from "../identity/other-home.ts";
import { followHomes, heldHomes, homesHeld, isListedIn } from "../identity/own-homes.ts";
import { isStandingIn } from "../identity/standing-in.ts";
import { carry, exchange } from "./carry.ts";
import { goTo } from "./move.ts";
import { visit } from "./visit.ts";

/** Wait after the sign-in: what a person waits for goes first. */
const startMs = 30_000;
/** Wait after a change at home, so that several go in one visit. */
const changedMs = 60_000;
/** How long a person who asked for it waits. */
const awaitedMs = 120_000;
const retryMs = 120_000;
const retryMsMax = 3_600_000;
/** The longest time between two visits. */
const seldomMs = 6 * 3_600_000;

export type OtherHomeWorker = {
  /** Call this when something changed, or this device signed in; with `now` if a person waits. */
  readonly wake: (now?: "now") => void;
  /** Runs `work`, a person's decision, while nothing is copied. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T>;
  readonly stop: () => void;
};

export function createOtherHomeWorker(engine: Engine): OtherHomeWorker {
  const { db, ports } = engine;
  const { plan, stop } = createAlarm(ports, run);
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  let failures = 0;
  let running: Promise<unknown> = Promise.resolve();
  /** How many decisions are being carried out, or wait for it. */
  let held = 0;
  /** Until this moment changes at home are copied at once. */
  let awaitedUntilMs = 0;
  /** The record of homes names another home first. */
  let isElsewhere = false;

  function run(): void {
    isWanted ||= isRunning;
    if (
      isRunning ||
      isStopped ||
      held > 0 ||
      engine.own === undefined ||
      engine.phase !== "ready" ||
      isStandingIn(engine)
    )
      return;
    isRunning = true;
    isWanted = false;
    running = work()
      .catch((error: unknown) => {
        engine.failed(error);
        return false;
      })
      .then((isWhole) => {
        isRunning = false;
        failures = isWhole ? 0 : failures + 1;
        engine.changed("homes", "status");
        if (isWanted) return plan(0);
        if (held > 0 || (readReserve(db) === undefined && !isElsewhere)) return;
        const ms = isWhole ? seldomMs : Math.min(retryMsMax, retryMs * 2 ** Math.min(failures - 1, 8));
        plan(ms * (0.5 + ports.chance() / 2));
      })
      .catch(engine.failed);
  }

  /** Returns whether the second home has everything. */
  async function work(): Promise<boolean> {
    const isHome = engine.link.isReady("signed");
    if (isHome) await followHomes(engine);
    await learnReserve();
    if (ports.reachesOthers !== true) return true;
    const first = await firstHome();
    isElsewhere = first !== undefined && first !== ownOf(engine).server;
    const { signer } = heldHomes(engine)?.body ?? {};
    if (!isElsewhere && signer !== undefined && !equalBytes(signer, ownOf(engine).deviceKey.publicKey))
      db.transaction(() => endGone(db));
    // An own device moved there and home is gone (HM52), or two devices moved to two homes (HM53).
    const follows = isElsewhere && first !== undefined && (!isHome || hasGone(db, ports.nowMs()));
    if (follows && (await follow(first))) return true;
    const other = readReserve(db);
    // Where nobody is met the reserve is looked at, which may be all that is left (HM63).
    if (other === undefined || (follows && other.server === first)) return !follows;
    const { server } = other;
    const mark = markOf(db);
    const sinceMs = ports.nowMs() - (other.wholeMs ?? 0);
    if (isHome && other.fault === undefined && other.mark === mark && sinceMs >= 0 && sinceMs < seldomMs)
      return !follows;
    const came = await visit(engine, server);
    let fault = came.kind === "out" ? came.fault : undefined;
    if (came.kind === "in") {
      try {
        const isTold = await exchange(engine, server, came.errand);
        if (!isTold) fault = "unreachable";
        else if (!isHome) {
          fault = "home";
          if ((await firstHome()) === server) {
            came.errand.close();
            await goTo(engine, server);
            return true;
          }
        } else fault = await carry(engine, server, came.errand, () => isStopped || held > 0);
      } finally {
        came.errand.close();
      }
    }
    db.transaction(() =>
      changeOtherHome(db, server, ({ fault: _, ...now }) =>
        fault === undefined ? { ...now, mark, wholeMs: ports.nowMs() } : { ...now, fault },
      ),
    );
    return fault === undefined && !follows;
  }

  /** Learns the second home that an own device, or the root key, named last. */
  async function learnReserve(): Promise<void> {
    const list = await engine.lists.load(ownOf(engine).account);
    const record = heldHomes(engine);
    if (list === undefined || record === undefined) return;
    db.transaction(() => noteRemoved(db, isListedIn(list)));
    const { reserve } = homesOf(list, record);
    if (reserve === readReserve(db)?.server || reserve === ownOf(engine).server) return;
    // The device that removed another one sends a new record of homes, with the second home: until then that stays
    // (HM61).
    if (readMeta(db, "homes-owed") !== undefined) return;
    if (standing(list, record) === undefined && reserve === undefined) return;
    db.transaction(() => setReserveHome(db, reserve, record.body.signer));
  }

  /** The account's first home, as far as this device knows. */
  async function firstHome(): Promise<string | undefined> {
    return (await homesHeld(engine)).homes[0];
  }

  /** Follows the account to `server`. Returns whether this device is there now. */
  async function follow(server: string): Promise<boolean> {
    const came = await visit(engine, server);
    if (came.kind === "out") return false;
    await exchange(engine, server, came.errand).finally(came.errand.close);
    if ((await firstHome()) === server) await goTo(engine, server);
    return (await firstHome()) === ownOf(engine).server;
  }

  return {
    wake: (now) => {
      if (now === "now") awaitedUntilMs = ports.nowMs() + awaitedMs;
      if (ports.nowMs() < awaitedUntilMs) return plan(0);
      plan((readReserve(db) === undefined ? startMs : changedMs) * (0.5 + ports.chance()));
    },
    hold: async (decision) => {
      held++;
      try {
        await running;
        return await decision();
      } finally {
        held--;
        awaitedUntilMs = ports.nowMs() + awaitedMs;
        engine.vault("now");
        plan(0);
      }
    },
    stop: () => {
      isStopped = true;
      stop();
    },
  };
}
