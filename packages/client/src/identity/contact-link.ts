/**
 * The contact link (ID10, ID24, ID28): one secret, from which the capabilities of the link, of passed-on cards and of
 * features' ways to reach this person are derived.
 */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, capabilityHashOf, equalBytes, idBytes, type UnixMs } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Engine } from "../core/engine.ts";
import type { Reach } from "../feature.ts";
import { readPrivacy } from "../values/privacy.ts";
import { followsFrom, isNotPassedOn, linkedBy, passingOf } from "./profile-bodies.ts";

const formerKey = "contact-capability-former";
/** Of some dozen links. */
const formerMax = 64;

/** The capability of the own contact link. */
export async function contactCapability(engine: Engine): Promise<Bytes | undefined> {
  const secret = await contactSecret(engine);
  return secret && linkedBy(engine, secret);
}

/** The secret of the link; made on first use, and the same on every own device. */
export async function contactSecret(engine: Engine): Promise<Bytes | undefined> {
  const held = readMeta(engine.db, "contact-capability");
  if (held !== undefined) return held;
  // Two calls at once must make one link: a second one would be lost, and could never be reset.
  const making = firstLinks.get(engine) ?? renewContactSecret(engine).finally(() => firstLinks.delete(engine));
  firstLinks.set(engine, making);
  return making;
}

const firstLinks = new WeakMap<Engine, Promise<Bytes | undefined>>();

/**
 * Registers the capabilities of all ways that are open at home, and deletes the others. Home deletes them with the
 * device that registered them, which may have been revoked since: any remaining device registers them again.
 */
export async function keepContactCapability(engine: Engine): Promise<void> {
  const held = await contactSecret(engine);
  if (held === undefined) return;
  const hashes = hashesOf(engine, held);
  const isTaken = takenBy(engine);
  await engine.link.call("signed", "capabilities", {
    add: hashes.filter((_, which) => isTaken[which]),
    // In older versions the secret itself was the link's capability.
    remove: [...hashes.filter((_, which) => !isTaken[which]), capabilityHashOf(engine.ports.crypto.sha256, held)],
  });
}

/** Hashes of the capabilities of the link, of passed-on cards, and of features' ways. */
function hashesOf(engine: Engine, secret: Bytes): readonly Bytes[] {
  const { sha256 } = engine.ports.crypto;
  const ofFeatures = waysOf(engine).map(({ label }) => followsFrom(engine, secret, label));
  return [linkedBy(engine, secret), passingOf(engine, secret), ...ofFeatures].map((one) =>
    capabilityHashOf(sha256, one),
  );
}

/** Which of them the person keeps open. */
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

/** Resets the link: after home's answer the old link and cards passed on with it draw no key packages. */
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
  const resetMs = old === undefined ? 0 : Math.max(ports.nowMs(), contactSecretMs(engine) + 1);
  db.transaction(() => writeContactSecret(engine, fresh, resetMs));
  return fresh;
}

/**
 * A home that was put back to a copy may know links that were reset since: ends them once more (ID76). Returns whether
 * home took it.
 */
export async function endFormerLinks({ db, link }: Engine): Promise<boolean> {
  const remove = formerLinks(db);
  if (remove.length === 0) return true;
  return (await link.call("signed", "capabilities", { add: [], remove })).kind === "ok";
}

function formerLinks(db: Database): readonly Bytes[] {
  const held = readMeta(db, formerKey);
  return held === undefined ? [] : unpack<readonly Bytes[]>(held);
}

/** When the secret was made anew; 0 if it never was. */
export function contactSecretMs({ db }: Engine): UnixMs {
  const held = readMeta(db, "contact-capability-ms");
  return held === undefined ? 0 : unpack<UnixMs>(held);
}

/** Inside a transaction. */
export function writeContactSecret(engine: Engine, secret: Bytes, stampMs: UnixMs): void {
  const { db } = engine;
  const old = readMeta(db, "contact-capability");
  if (old !== undefined && !equalBytes(old, secret))
    writeMeta(db, formerKey, pack([...hashesOf(engine, old), ...formerLinks(db)].slice(0, formerMax)));
  writeMeta(db, "contact-capability", secret);
  writeMeta(db, "contact-capability-ms", pack(stampMs));
}
