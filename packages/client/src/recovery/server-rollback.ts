import { countDiagnostic, deleteMeta, forgetRegistered, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, equalBytes } from "@yanshu/wire";
import { distrustHome } from "../backup/setting.ts";
import type { Engine } from "../core/engine.ts";
import { supplyKeyPackages } from "../identity/key-packages.ts";
import { tellEntries } from "../identity/tell-entries.ts";

/** Whether home is not the one that this device last signed in at. */
export function isRestored(engine: Engine, incarnation: Bytes): boolean {
  const known = readMeta(engine.db, "incarnation");
  return known !== undefined && !equalBytes(known, incarnation);
}

/** Inside the transaction that notes the new incarnation. */
export function forgetWhatHomeKnew(engine: Engine): void {
  const { db } = engine;
  countDiagnostic(db, "home-restored");
  forgetRegistered(db);
  for (const { serverForgot } of engine.features.features) serverForgot?.(engine.context);
  distrustHome(db);
  writeMeta(db, "home-restored", Uint8Array.of(1)); // Until all is told, through crashes.
}

/** After sign-in, once addresses are registered again. Packages that the copy still has may be used up: they go. */
export async function tellHomeAgain(engine: Engine): Promise<void> {
  const { db, link } = engine;
  if (readMeta(db, "home-restored") === undefined) return;
  await tellEntries(engine, (name, args) => link.call("signed", name, args));
  if (await supplyKeyPackages(engine, 0, true)) db.transaction(() => deleteMeta(db, "home-restored"));
}
