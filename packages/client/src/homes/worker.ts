/**
 * The other home of this device, in the background (docs/spec/homes.md HM45, HM46, HM52): it is visited a while after
 * something changed at home, and now and then; and where home does not answer, to learn whether the account went there.
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

/** After the sign-in what a person waits for comes first. */
const startMs = 30_000;
/** What changes at home goes on in one visit. */
const changedMs = 60_000;
/** So long somebody waits who asked for it. */
const awaitedMs = 120_000;
const retryMs = 120_000;
const retryMsMax = 3_600_000;
/** So long it is not visited at most. */
const seldomMs = 6 * 3_600_000;

export type OtherHomeWorker = {
  /** Something changed, or this device signed in; `now` where a person waits. */
  readonly wake: (now?: "now") => void;
  /** While a person's own decision is carried out nothing is carried. */
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
  /** So many decisions are being carried out, or wait for it. */
  let held = 0;
  /** Until then what changes at home goes on at once. */
  let awaitedUntilMs = 0;
  /** Another home is named first. */
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

  /** Returns whether all is there that was to be. */
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
    // An own device went there and home is gone (HM52), or both went, to two homes (HM53).
    if (isElsewhere && first !== undefined && (!isHome || hasGone(db, ports.nowMs()))) return follow(first);
    const other = readReserve(db);
    if (other === undefined) return true;
    const { server } = other;
    const mark = markOf(db);
    const sinceMs = ports.nowMs() - (other.wholeMs ?? 0);
    if (isHome && other.fault === undefined && other.mark === mark && sinceMs >= 0 && sinceMs < seldomMs) return true;
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
    return fault === undefined;
  }

  /** As an own device, or the root, said it last. */
  async function learnReserve(): Promise<void> {
    const list = await engine.lists.load(ownOf(engine).account);
    const record = heldHomes(engine);
    if (list === undefined || record === undefined) return;
    db.transaction(() => noteRemoved(db, isListedIn(list)));
    const { reserve } = homesOf(list, record);
    if (reserve === readReserve(db)?.server || reserve === ownOf(engine).server) return;
    // Who removed a device says the homes again, and the reserve with them: until then it stays (HM61).
    if (readMeta(db, "homes-owed") !== undefined) return;
    if (standing(list, record) === undefined && reserve === undefined) return;
    db.transaction(() => setReserveHome(db, reserve, record.body.signer));
  }

  /** Where the account is first of all, as far as this device was told. */
  async function firstHome(): Promise<string | undefined> {
    return (await homesHeld(engine)).homes[0];
  }

  /** Returns whether this device is where the account is. */
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
