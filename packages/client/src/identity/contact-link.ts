/**
 * The contact link (ID10, ID24, ID28): the secret from which link, passed-on card, and the ways of features lead to
 * this person.
 */
import { readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, capabilityHashOf, idBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import type { Reach } from "../feature.ts";
import { readPrivacy } from "../values/privacy.ts";
import { followsFrom, isNotPassedOn, linkedBy, passingOf } from "./profile-bodies.ts";

/** The capability of the own contact link. */
export async function contactCapability(engine: Engine): Promise<Bytes | undefined> {
  const secret = await contactSecret(engine);
  return secret && linkedBy(engine, secret);
}

/** From which it follows; made on first use and the same on every own device. */
export async function contactSecret(engine: Engine): Promise<Bytes | undefined> {
  const held = readMeta(engine.db, "contact-capability");
  if (held !== undefined) return held;
  // Asked for by two at once, one link is made: of two, the one that is not kept could never be reset.
  const making = firstLinks.get(engine) ?? renewContactSecret(engine).finally(() => firstLinks.delete(engine));
  firstLinks.set(engine, making);
  return making;
}

const firstLinks = new WeakMap<Engine, Promise<Bytes | undefined>>();

/**
 * With each way that is open, and without those that are not. The server forgets it with the device that made it known,
 * which may be revoked since: any that is left says it again.
 */
export async function keepContactCapability(engine: Engine): Promise<void> {
  const held = await contactSecret(engine);
  if (held === undefined) return;
  const hashes = hashesOf(engine, held);
  const isTaken = takenBy(engine);
  await engine.link.call("signed", "capabilities", {
    add: hashes.filter((_, which) => isTaken[which]),
    // The secret itself was the link once, and the others followed from it.
    remove: [...hashes.filter((_, which) => !isTaken[which]), capabilityHashOf(engine.ports.crypto.sha256, held)],
  });
}

/** Of the link, the card that others pass on, and the ways of features. */
function hashesOf(engine: Engine, secret: Bytes): readonly Bytes[] {
  const { sha256 } = engine.ports.crypto;
  const ofFeatures = waysOf(engine).map(({ label }) => followsFrom(engine, secret, label));
  return [linkedBy(engine, secret), passingOf(engine, secret), ...ofFeatures].map((one) =>
    capabilityHashOf(sha256, one),
  );
}

/** By which of them this person wants to be asked. */
function takenBy(engine: Engine): readonly boolean[] {
  const { db } = engine;
  return [readPrivacy(db).takesLink, !isNotPassedOn(engine), ...waysOf(engine).map(({ isOpen }) => isOpen(db))];
}

function waysOf({ features }: Engine): readonly Reach[] {
  return features.features.flatMap(({ reach }) => (reach === undefined ? [] : [reach]));
}

export function hasContactCapability(engine: Engine): boolean {
  return readMeta(engine.db, "contact-capability") !== undefined;
}

/** From the answer on the old link draws nothing any more, and no card that was passed on with it. */
export async function renewContactSecret(engine: Engine): Promise<Bytes | undefined> {
  const { db, ports } = engine;
  const old = readMeta(db, "contact-capability");
  const fresh = ports.crypto.random(idBytes.capability);
  const isTaken = takenBy(engine);
  const answer = await engine.link.call("signed", "capabilities", {
    add: hashesOf(engine, fresh).filter((_, which) => isTaken[which]),
    remove: old === undefined ? [] : hashesOf(engine, old),
  });
  if (answer.kind !== "ok") return undefined;
  db.transaction(() => writeMeta(db, "contact-capability", fresh));
  return fresh;
}
