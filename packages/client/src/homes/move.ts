/**
 * Moves to another home (docs/spec/homes.md HM50–HM53): from one transaction on, that is this device's home. It gets
 * all that a home gets which was restored from an older copy (server-rollback.ts): lists, addresses, key packages.
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { fittingHomes, type Homes, utf8 } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { hasGone, newOtherHome, noteGone, readBefore, readOtherHome, setBefore } from "../identity/other-home.ts";
import { readOwn } from "../identity/own.ts";
import { heldHomes, homesHeld, oweHomes, wishHomes } from "../identity/own-homes.ts";
import { forgetHomeKey } from "../values/far-servers.ts";
import { goneMs, goOnAtHome, isBeforeGone, lookBefore } from "./before.ts";

/**
 * `server` before all others; the earlier homes stay in the list, since devices there still reach the account there.
 */
export async function homesFrom(engine: Engine, server: string): Promise<Homes | undefined> {
  const held = await homesHeld(engine);
  return fittingHomes({ ...held, homes: [server, ...held.homes] });
}

/**
 * Moves this device to a home at which it is known, with the pair that it last used there.
 *
 * @param wish the person's decision; absent if an own device moved first.
 */
export async function goTo(engine: Engine, server: string, wish?: Homes): Promise<void> {
  const { db, ports } = engine;
  const there = readOtherHome(db, server);
  if (there?.current === undefined) throw new Error("invariant: it was there");
  const [current, next] = [readMeta(db, "pair-current"), readMeta(db, "pair-next")];
  const left = {
    ...newOtherHome(ownOf(engine).server),
    ...(current === undefined ? {} : { current }),
    ...(next === undefined ? {} : { next }),
  };
  const isLiving = engine.link.isReady("signed");
  const before = readBefore(db);
  // The account was never where this device went alone: its chats are at the home before that (HM120).
  const isBack = wish === undefined && hasGone(db, ports.nowMs()) && before.server !== server && !isBeforeGone(engine);
  const record = heldHomes(engine)?.bytes;
  if (isBack && isLiving && record !== undefined) await engine.link.call("signed", "sayHome", { record });
  engine.link.rest();
  db.transaction(() => {
    writeMeta(db, "server", utf8(server));
    writeMeta(db, "pair-current", there.current as Uint8Array);
    if (there.next === undefined) deleteMeta(db, "pair-next");
    else writeMeta(db, "pair-next", there.next);
    deleteMeta(db, "home-away");
    deleteMeta(db, "home-strange");
    forgetHomeKey(db);
    noteGone(db, server, left, wish === undefined ? undefined : ports.nowMs());
    // The device still receives at the old home; if that does not answer, nothing waits for it.
    if (isBack) setBefore(db, before.server, before.awayMs);
    else setBefore(db, left.server, isLiving ? undefined : ports.nowMs() - goneMs);
    if (wish === undefined) oweHomes(engine);
    else wishHomes(engine, wish);
  });
  engine.own = await readOwn(db, ports.crypto);
  lookBefore(engine);
  await engine.deviceBackup.write();
  engine.changed("status", "homes", "vault");
  engine.link.startAnew();
  goOnAtHome(engine);
}
