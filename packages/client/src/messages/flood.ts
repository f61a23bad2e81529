/**
 * Flood protection (docs/spec/delivery.md DS37): everybody who knows an address can post to it until it is deleted.
 * After more than fifty useless posts within an hour its owner changes it. Counted in memory: after a restart, a flood
 * that goes on is counted again.
 */
import { activeGroupAt, countDiagnostic, hastenRetiring, readAddress, readKeyPackages } from "@yanshu/store";
import { type Address, equalBytes, type Push, toHex } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { publishFresh } from "../identity/key-packages.ts";

const unopenableAnHour = 50;
const hourMs = 3_600_000;
/** How long a flooded address stays after its replacement, so that posts under way still arrive. */
export const floodedMs = 600_000;
/** How long after that the address is deleted at home. */
export const tidyMs = 30_000;
/** A post to a list does not show which of our addresses it reached: all of them share one count. */
const toLists = "lists";

/** Counts a post that could not be used, so far. */
export function countUnopenable(engine: Engine, { target }: Push): void {
  // Home invented the address.
  if (target.kind === "address" && readAddress(engine.db, target.address) === undefined) return;
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

/** A Welcome is complete now: its two halves no longer count. */
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
