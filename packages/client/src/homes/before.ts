/**
 * The home of before (docs/spec/homes.md HM67, HM68): who moved while it lives goes on being reached there, and posts
 * to the gates of there, so that nobody who stays notices.
 */
import type { Push } from "@yanshu/wire";
import type { BeforeEvents } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";
import { resyncLeft } from "../groups/resync.ts";
import { registerBefore } from "../identity/delivery-addresses.ts";
import { readBefore, setBefore } from "../identity/other-home.ts";
import { tellEntries } from "../identity/tell-entries.ts";
import { exchange } from "./carry.ts";
import { signInThere } from "./visit.ts";

/** So long it does not answer before what had its gate there goes on at home, as where a home is gone (GR22). */
export const goneMs = 3_600_000;

const tryMs = 600_000;
const trySpanMs = 10_000;
const forgottenMs = 30 * 86_400_000;

/** As it stands in the store; to be called when the program starts, and when this device went elsewhere. */
export function lookBefore({ db, before }: Engine): void {
  const { server, awayMs } = readBefore(db);
  before.server = server;
  before.awayMs = awayMs;
  before.known.clear();
}

/** Both have the list and record that count, and this device knows whether that home is to let go of the account. */
export async function tellBefore(engine: Engine): Promise<void> {
  const { before, changed, link } = engine;
  if (before.server === undefined || !link.before.isReady()) return; // Else when it is signed in there.
  await exchange(engine, before.server, link.before);
  changed("homes");
}

/** What had its gate at a home that is the one of before no more goes on at home, as where a home is gone (GR22). */
export function goOnAtHome(engine: Engine): void {
  void engine.turn.take(async () => resyncLeft(engine)).catch(engine.failed);
}

/**
 * @param take is given what comes from there.
 * @param gone is told that what was not taken comes again.
 * @param ready is told that this device is signed in there.
 */
export function beforeEvents(
  engine: () => Engine,
  take: (push: Push) => void,
  gone: () => void,
  ready: () => void,
): BeforeEvents {
  let triedMs = Number.NEGATIVE_INFINITY;
  let isPlanned = false;
  const isGone = () => {
    const { before, ports } = engine();
    return before.awayMs !== undefined && ports.nowMs() - before.awayMs >= goneMs;
  };

  /** One that is gone is tried again after a while, and after thirty days no more. */
  function tryLater(): void {
    if (isPlanned) return;
    isPlanned = true;
    engine().ports.after(tryMs, () => {
      isPlanned = false;
      const { before, db, link, ports } = engine();
      if (before.server === undefined || !isGone()) return;
      if (ports.nowMs() - (before.awayMs ?? 0) >= forgottenMs) {
        db.transaction(() => setBefore(db, undefined));
        lookBefore(engine());
        goOnAtHome(engine());
        return;
      }
      triedMs = Number.NEGATIVE_INFINITY;
      link.wakeBefore();
    });
  }

  /** Since when it does not answer; undefined: it does. */
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
      // Both connections begin within a moment.
      // not a check: when it is tried.
      if (nowMs - triedMs < tryMs / 2 && nowMs - triedMs > trySpanMs) return false;
      if (nowMs - triedMs >= tryMs / 2) triedMs = nowMs;
      tryLater();
      return true;
    },
    // It counts for the gates of there alone (PE33), and for no other server's, whatever it says.
    push: ({ server: _, ...push }) => take({ ...push, server: engine().before.server ?? "" }),
    gone,
    told: () => engine().tellBefore(),
    ready: () => {
      engine().changed("homes");
      engine().schedule();
      ready();
    },
    changed: (isAway) => {
      const { before, ports, schedule } = engine();
      if (before.server === undefined || isAway === (before.awayMs !== undefined)) return;
      noteAway(isAway ? ports.nowMs() : undefined);
      engine().changed("homes");
      // What waits for it goes by home then.
      if (isAway) ports.after(goneMs, () => schedule());
    },
    signIn: async (hello, call) => {
      const now = engine();
      const { server } = now.before;
      // Nothing is signed for another home than the one that was meant.
      // @checks HM68
      if (server === undefined || hello.domain !== server) return false;
      const errand = { call };
      let refused = await signInThere(now, server, errand, hello);
      if (refused === "unknown-device") {
        await tellEntries(now, call, hello);
        refused = await signInThere(now, server, errand, hello);
      }
      // It let go of the account: nothing comes from there any more.
      if (refused === "unknown-account") {
        now.db.transaction(() => setBefore(now.db, undefined));
        lookBefore(now);
        goOnAtHome(now);
      }
      // not a check: the network's answer.
      if (refused !== undefined) return false;
      now.before.known.clear();
      // The pointer to where the account is now, and the list, before what comes is answered.
      void exchange(now, server, errand)
        .then(() => registerBefore(now))
        .then(() => now.changed("homes"))
        .catch(now.failed);
      return true;
    },
  };
}
