/**
 * Server rollback: home was put back from an older copy of its database (docs/spec/delivery.md DS26). Home then has a
 * new incarnation, and has forgotten what came after the copy. This device sends that again.
 */
import { countDiagnostic, deleteMeta, forgetRegistered, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, equalBytes } from "@yanshu/wire";
import { distrustHome } from "../backup/setting.ts";
import type { Engine } from "../core/engine.ts";
import { endFormerLinks } from "../identity/contact-link.ts";
import { supplyKeyPackages } from "../identity/key-packages.ts";
import { tellEntries } from "../identity/tell-entries.ts";

/** Whether home's incarnation differs from the one at this device's last sign-in. False before the first sign-in. */
export function isRestored(engine: Engine, incarnation: Bytes): boolean {
  const known = readMeta(engine.db, "incarnation");
  return known !== undefined && !equalBytes(known, incarnation);
}

/** Forgets what this device believed home to have. Runs inside the transaction that stores the new incarnation. */
export function forgetWhatHomeKnew(engine: Engine): void {
  const { db } = engine;
  countDiagnostic(db, "home-restored");
  forgetRegistered(db);
  for (const { serverForgot } of engine.features.features) serverForgot?.(engine.context);
  distrustHome(db);
  writeMeta(db, "home-restored", Uint8Array.of(1)); // `tellHomeAgain` deletes it at its end. It outlives a crash.
}

/**
 * Sends home the entries of the own device list and new key packages, and ends links that were reset (ID76). Runs after
 * sign-in, once the addresses are registered again. Key packages in home's copy may have been used since the copy was
 * made, so all are replaced.
 */
export async function tellHomeAgain(engine: Engine): Promise<void> {
  const { db, link } = engine;
  if (readMeta(db, "home-restored") === undefined) return;
  await tellEntries(engine, (name, args) => link.call("signed", name, args));
  const areOver = await endFormerLinks(engine);
  if ((await supplyKeyPackages(engine, 0, true)) && areOver) db.transaction(() => deleteMeta(db, "home-restored"));
}
