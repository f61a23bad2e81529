/**
 * Places of a post that was taken back (docs/spec/moments.md MO67): once home has cleared them they are filled again,
 * by cells that say nothing, so that a reader who had not looked neither meets a gap there nor stops before it.
 */
import {
  addMomentClear,
  addMomentPut,
  type MomentPutRow,
  type MomentRoundHole,
  type MomentRow,
  readMomentHoles,
  readMomentRoot,
  setMomentPut,
} from "@yanshu/store";
import { type AccountId, equalBytes, type HoleDays, toHex } from "@yanshu/wire";
import { type FeatureContext, pack, unpack } from "../../feature.ts";
import { waysTo } from "./exchange.ts";
import { sharedWith } from "./jobs.ts";
import { none } from "./reading.ts";
import { cellKinds, cellSecret, sealCell } from "./sealed.ts";
import { type HoleToPut, putHoles, shuffled } from "./server.ts";
import { holesOfPost } from "./spent.ts";
import { dayMs, dayOf } from "./values.ts";

/** Who stays away for longer looks ahead when they are back. Readers clear cells of before then. */
const goneDays = 30;
const statusDays = 2;

type GoneJob = { readonly round: readonly MomentRoundHole[]; readonly days: HoleDays };

/** To be called before what was put for the post is cleared. Inside a transaction. */
export function addGone(context: FeatureContext, row: MomentRow): void {
  const { db, nowMs } = context;
  const { id, kind, at_ms } = row;
  const days = kind === "status" ? statusDays : goneDays;
  if (at_ms < nowMs() - days * dayMs) return;
  // Also of a round that waits: home may have it, and its places are spent.
  const rounds = holesOfPost(context, row);
  const isOfRound = new Set(rounds.map((one) => toHex(one.secret)));
  const noted = readMomentHoles(db, id).filter((one) => !isOfRound.has(toHex(one.secret)));
  const job: GoneJob = { round: [...rounds, ...noted], days };
  if (job.round.length > 0) addMomentPut(db, "gone", pack(job), id);
}

/** All holes of the round, those that filled it too: from fewer home would learn which are cells. */
export async function putGone(context: FeatureContext, put: MomentPutRow): Promise<"done" | "waits"> {
  const { db } = context;
  const { days, round } = unpack<GoneJob>(put.args);
  const holes = put.holes === null ? await sealedGone(context, put, round) : unpack<readonly HoleToPut[]>(put.holes);
  const isToBeCleared = ({ secret }: HoleToPut) =>
    db.get(
      "SELECT 1 FROM moment_clears WHERE secret = ? AND due_ms = 0 AND server IN ('', ?)",
      secret,
      context.serverName(),
    ) !== undefined;
  if (holes.some(isToBeCleared)) return "waits";
  await putHoles(context, days, shuffled(context, holes));
  return "done";
}

async function sealedGone(
  context: FeatureContext,
  { put }: MomentPutRow,
  round: readonly MomentRoundHole[],
): Promise<readonly HoleToPut[]> {
  const { db, rooms, nowMs, own, random, chance, serverName } = context;
  const root = readMomentRoot(db);
  const wayOfEach = root && waysTo(context, root);
  const shared = new Set([own(), ...sharedWith(context).map(({ account }) => account)].map(toHex));
  const cell = { kind: cellKinds.filling, flags: 0, day: dayOf(nowMs()), payload: none };
  const holes = await Promise.all(
    round.map(async ({ secret, account, place }): Promise<HoleToPut> => {
      const way = shared.has(toHex(account)) ? wayOfEach?.(account as AccountId) : undefined;
      // A way of before is looked at no more; who was let go is told nothing.
      const isTold = way !== undefined && equalBytes(cellSecret(rooms.crypto, way, place), secret);
      return { secret, value: isTold ? await sealCell(rooms.crypto, way, place, cell, secret) : random(96) };
    }),
  );
  db.transaction(() => {
    setMomentPut(db, put, pack(holes));
    for (const [at, { account }] of round.entries())
      if (account.length === 0)
        addMomentClear(
          db,
          (holes[at] as HoleToPut).secret,
          nowMs() + Math.floor((30 + 30 * chance()) * dayMs),
          serverName(),
        );
  });
  return holes;
}
