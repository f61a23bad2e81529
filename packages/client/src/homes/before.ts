/**
 * The previous home (docs/spec/homes.md HM67, HM68): after a move away from a living home, this device still receives
 * there, and posts to the gates there, so that members who stay notice nothing.
 */
import type { Push } from "@yanshu/wire";
import type { BeforeEvents } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";
import type { PushFrom } from "../group-state/places.ts";
import { resyncLeft } from "../groups/resync.ts";
import { letInFrom } from "../groups/strayed.ts";
import { registerBefore } from "../identity/delivery-addresses.ts";
import { readBefore, setBefore } from "../identity/other-home.ts";
import { exchange } from "./carry.ts";
import { signInListed } from "./visit.ts";

/** After this long without an answer, groups with their gate there go on at home, as if that home were gone (GR22). */
export const goneMs = 3_600_000;

const tryMs = 600_000;
const trySpanMs = 10_000;
const forgottenMs = 30 * 86_400_000;

/** Reads the stored state; call it when the program starts, and after a move. */
export function lookBefore({ db, before }: Engine): void {
  const { server, awayMs } = readBefore(db);
  before.server = server;
  before.awayMs = awayMs;
  before.known.clear();
}

/** Whether there is no previous home, or it has not answered for an hour (HM69). */
export function isBeforeGone({ before, ports }: Pick<Engine, "before" | "ports">): boolean {
  return before.server === undefined || (before.awayMs !== undefined && ports.nowMs() - before.awayMs >= goneMs);
}

/**
 * Syncs the device list and the record of homes with the previous home, and learns whether that is to let go of the
 * account.
 */
export async function tellBefore(engine: Engine): Promise<void> {
  const { before, changed, link } = engine;
  if (before.server === undefined || !link.before.isReady()) return; // If not, this happens at the next sign-in there.
  await exchange(engine, before.server, link.before);
  changed("homes");
}

/**
 * Groups with their gate at a home that is no longer the previous one go on at home, as if that home were gone (GR22).
 */
export function goOnAtHome(engine: Engine): void {
  void engine.turn.take(async () => resyncLeft(engine)).catch(engine.failed);
}

/** This device is no longer reached there. */
function forgetBefore(engine: Engine): void {
  engine.db.transaction(() => setBefore(engine.db, undefined));
  lookBefore(engine);
  goOnAtHome(engine);
}

/**
 * @param take gets each push from there.
 *
 * @param gone is called when unhandled pushes will come again.
 *
 * @param ready is called when this device is signed in there.
 */
export function beforeEvents(
  engine: () => Engine,
  take: (push: Push) => void,
  gone: () => void,
  ready: () => void,
): BeforeEvents {
  let triedMs = Number.NEGATIVE_INFINITY;
  let isPlanned = false;
  const isGone = () => engine().before.server !== undefined && isBeforeGone(engine());

  /** A home that is gone is tried again after a while, and no more after thirty days. */
  function tryLater(): void {
    if (isPlanned) return;
    isPlanned = true;
    engine().ports.after(tryMs, () => {
      isPlanned = false;
      const { before, link, ports } = engine();
      if (before.server === undefined || !isGone()) return;
      if (ports.nowMs() - (before.awayMs ?? 0) >= forgottenMs) {
        forgetBefore(engine());
        return;
      }
      triedMs = Number.NEGATIVE_INFINITY;
      link.wakeBefore();
    });
  }

  /** Stores since when it has not answered; undefined if it answers. */
  function noteAway(awayMs: number | undefined): void {
    const { before, db } = engine();
    before.awayMs = awayMs;
    db.transaction(() => setBefore(db, before.server, awayMs));
  }

  return {
    server: () => engine().before.server,
    isGone,
    mayTry: () => {
      if (!isGone()) return true;
      const nowMs = engine().ports.nowMs();
      // Both connections start within a moment of each other.
      // not a check: when it is tried.
      if (nowMs - triedMs < tryMs / 2 && nowMs - triedMs > trySpanMs) return false;
      if (nowMs - triedMs >= tryMs / 2) triedMs = nowMs;
      tryLater();
      return true;
    },
    // What it passes on of others counts only where this device's leaf is there (PE67).
    push: (push) => {
      const via = engine().before.server ?? "";
      const passedOn: Push & PushFrom = { ...push, server: push.server ?? via, via };
      take(passedOn);
    },
    gone,
    told: () => engine().tellBefore(),
    ready: () => {
      const { server } = engine().before;
      if (server !== undefined) letInFrom(engine(), server);
      engine().changed("homes");
      engine().schedule();
      ready();
    },
    changed: (isAway) => {
      const { before, ports, schedule } = engine();
      if (before.server === undefined || isAway === (before.awayMs !== undefined)) return;
      noteAway(isAway ? ports.nowMs() : undefined);
      engine().changed("homes");
      // Waiting posts go through home then.
      if (isAway) ports.after(goneMs, () => schedule());
    },
    signIn: async (hello, call) => {
      const now = engine();
      const { server } = now.before;
      // Signs only for the home that was meant. @checks HM68
      if (server === undefined || hello.domain !== server) return false;
      const errand = { call };
      const refused = await signInListed(now, server, errand, hello);
      // It let go of the account: nothing comes from there any more.
      if (refused === "unknown-account") forgetBefore(now);
      // not a check: the network's answer.
      if (refused !== undefined) return false;
      now.before.known.clear();
      // The record of where the account is now, and the device list, before pushes are answered.
      void exchange(now, server, errand)
        .then(() => registerBefore(now))
        .then(() => now.changed("homes"))
        .catch(now.failed);
      return true;
    },
  };
}
