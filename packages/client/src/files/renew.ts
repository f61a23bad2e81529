/**
 * Files that are needed longer than the server keeps one (docs/spec/moments.md HO8): the device that stored them has
 * them kept anew while something names them.
 */
import type { BlobRef } from "@yanshu/content";
import { beginOwnBlobAnew, type EndingBlob, readEndingBlobs, setBlobExpiry } from "@yanshu/store";
import { toHex, tokensFor } from "@yanshu/wire";
import type { Transfers } from "../api/transfers.ts";
import type { Engine } from "../core/engine.ts";
import { countChunks, dayNow } from "./blob-refs.ts";
import { blobServer, mayWriteTo } from "./server.ts";
import { chunkCount, cipherBytes } from "./stream.ts";
import { asShown, spent, takeTokens } from "./tokens.ts";

/** Who is away for so long at most loses nothing: half of what a server keeps unless it is told otherwise. */
const daysAhead = 15;
/** As long as the server keeps anything: it decides. */
const daysWanted = 365;
const atOnce = 4;

/** Files that were asked about today, whatever the server answered. */
const asked = new WeakMap<Engine, { readonly day: number; readonly ids: Set<string> }>();

/** Resolves when it was tried. @checks HO8 */
export async function keepLonger(engine: Engine, transfers: Transfers, named: () => readonly BlobRef[]): Promise<void> {
  const { db } = engine;
  const today = dayNow(engine);
  const held = asked.get(engine);
  const tried = held?.day === today ? held : { day: today, ids: new Set<string>() };
  asked.set(engine, tried);
  const ending = readEndingBlobs(db, today + daysAhead).filter(({ id }) => !tried.ids.has(toHex(id)));
  if (ending.length === 0) return;
  const wanted = new Set(named().map(({ id }) => toHex(id)));
  for (const row of ending.filter(({ id }) => wanted.has(toHex(id))).slice(0, atOnce)) {
    // Nothing is paid for what is not said.
    // @checks HM76
    if (!mayWriteTo(engine, row.server)) continue;
    tried.ids.add(toHex(row.id));
    if (row.expires_day > today && (await isKept(engine, row))) continue;
    if (countChunks(row.have) < chunkCount(row.bytes)) continue; // Its bytes are nowhere any more.
    db.transaction(() => beginOwnBlobAnew(db, row.id));
    transfers.wish(row.handle, "send");
  }
}

/** Whether the server still has it, as far as can be told. */
async function isKept(engine: Engine, row: EndingBlob): Promise<boolean> {
  const { db, ports } = engine;
  const home = ports.media && blobServer(engine, ports.media, row.server);
  if (home === undefined) return true;
  const tokens = await takeTokens(engine, tokensFor(cipherBytes(row.bytes)));
  if (tokens === undefined) return true;
  spent(engine, tokens); // Shown once, whatever comes back: shown again they would tell that it is the same device.
  const answer = await home.keep(row.id, row.owner, { days: daysWanted, tokens: asShown(tokens) });
  if (answer.kind !== "ok") return answer.kind !== "refused" || answer.why !== "unknown-blob";
  db.transaction(() => setBlobExpiry(db, row.handle, answer.value.expiresDay));
  return true;
}
