/**
 * Flood (docs/spec/delivery.md DS37): who knows an address can post to it, until it goes. More than fifty posts within
 * an hour of which nothing came make its owner take another. Counted in memory: what goes on is counted again.
 */
import { activeGroupAt, countDiagnostic, hastenRetiring, readAddress, readKeyPackages } from "@yanshu/store";
import { type Address, equalBytes, type Push, toHex } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { publishFresh } from "../identity/key-packages.ts";

const unopenableAnHour = 50;
const hourMs = 3_600_000;
/** How long an address stays that is changed because of a flood: what was on its way has come by then. */
export const floodedMs = 600_000;
/** Then home is told, when it surely is time. */
export const tidyMs = 30_000;
/** Posts to lists say which list, not which of its addresses is ours: they are counted together. */
const toLists = "lists";

/** Nothing came of this post, so far. */
export function countUnopenable(engine: Engine, { target }: Push): void {
  if (target.kind === "address" && readAddress(engine.db, target.address) === undefined) return; // Home made it up.
  const key = target.kind === "address" ? toHex(target.address) : toLists;
  const nowMs = engine.ports.nowMs();
  const counted = engine.floods.get(key);
  const count =
    counted !== undefined && Math.abs(nowMs - counted.sinceMs) < hourMs ? counted : { sinceMs: nowMs, posts: 0 };
  count.posts++;
  engine.floods.set(key, count);
  if (count.posts <= unopenableAnHour) return;
  engine.floods.delete(key);
  if (target.kind === "address") changeAddress(engine, target.address);
  else void changeListed(engine, target.list).catch(engine.failed);
}

/** A Welcome was whole after all: its halves do not count. */
export function forgiveWelcome(engine: Engine, address: Address): void {
  for (const key of [toHex(address), toLists]) {
    const count = engine.floods.get(key);
    if (count !== undefined) count.posts--;
  }
}

async function changeListed(engine: Engine, list: Uint8Array): Promise<void> {
  const answer = await engine.link.call("signed", "listed", { list });
  if (answer.kind === "ok") for (const address of answer.value.addresses) changeAddress(engine, address);
}

function changeAddress(engine: Engine, address: Address): void {
  const { db, ports } = engine;
  if (readAddress(db, address) === undefined) return;
  countDiagnostic(db, "flooded");
  const conversation = activeGroupAt(db, address);
  if (conversation !== undefined) {
    engine.floodedLeaves.add(toHex(address));
    engine.renewals.set(toHex(conversation), "now");
    engine.schedule(conversation);
    return;
  }
  const made = readKeyPackages(db).find((row) => equalBytes(row.address, address));
  // A last-resort package is replaced first, and its address stays as long after that (DS4).
  const isLastResort = made?.last_resort === 1;
  db.transaction(() => hastenRetiring(db, address, ports.nowMs() + (isLastResort ? 0 : floodedMs)));
  if (isLastResort) engine.deleteRetired();
  else if (made?.published === 1) void publishFresh(engine).catch(engine.failed);
  ports.after(floodedMs + tidyMs, engine.deleteRetired);
}
