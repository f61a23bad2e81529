/**
 * The home of before (docs/spec/homes.md HM67, HM68): who moved while it lives goes on being reached there, and posts to
 * the gates of there, so that nobody who stays notices.
 */
import type { Push } from "@yanshu/wire";
import type { BeforeEvents } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";
import { registerBefore } from "../identity/delivery-addresses.ts";
import { readBefore, setBefore } from "../identity/other-home.ts";
import { tellEntries } from "../identity/tell-entries.ts";
import { exchange } from "./carry.ts";
import { signInThere } from "./visit.ts";

/** So long it does not answer before what had its gate there goes on at home, as where a home is gone (GR22). */
const goneMs = 3_600_000;

/** As it stands in the store; to be called when the program starts, and when this device went elsewhere. */
export function lookBefore({ db, before }: Engine): void {
  const { server, awayMs } = readBefore(db);
  before.server = server;
  before.awayMs = awayMs;
  before.known.clear();
}

/**
 * @param take is given what comes from there.
 * @param gone is told that what was not taken comes again.
 */
export function beforeEvents(engine: () => Engine, take: (push: Push) => void, gone: () => void): BeforeEvents {
  const isGone = () => {
    const { before, ports } = engine();
    return before.awayMs !== undefined && ports.nowMs() - before.awayMs >= goneMs;
  };

  /** Since when it does not answer; undefined: it does. */
  function noteAway(awayMs: number | undefined): void {
    const { before, db } = engine();
    before.awayMs = awayMs;
    db.transaction(() => setBefore(db, before.server, awayMs));
  }

  return {
    server: () => engine().before.server,
    isGone,
    push: take,
    gone,
    ready: () => engine().schedule(),
    changed: (isAway) => {
      const { before, ports, schedule } = engine();
      if (before.server === undefined || isAway === (before.awayMs !== undefined)) return;
      noteAway(isAway ? ports.nowMs() : undefined);
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
      }
      if (refused !== undefined) return false;
      now.before.known.clear();
      // The pointer to where the account is now, and the list, before what comes is answered.
      void exchange(now, server, errand)
        .then(() => registerBefore(now))
        .catch(now.failed);
      return true;
    },
  };
}
