/**
 * Sealing ahead (docs/spec/moments.md MO96): while a post is written its cells to all friends are sealed, a few at a
 * time, so that the tap on “post” waits for few of them. Nothing of it is stored, and nothing leaves the device: who
 * does not post has spent no place.
 */
import type { Database } from "@yanshu/store";
import { readMomentRoot } from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, toHex } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { waysTo } from "./exchange.ts";
import { placesKept, sharedWith, toldNow } from "./jobs.ts";
import { bodySecret, cellKinds, cellSecret, holeName, postPayload, sealCell } from "./sealed.ts";
import { type CellAhead, type CellTo, noncesOf } from "./spent.ts";
import { dayOf } from "./values.ts";

/** Between two such parts the worker answers what else is asked of it. */
const cellsAtOnce = 16;

/** What of the next post can be known before it is written. */
type Ahead = {
  readonly root: Bytes;
  readonly day: number;
  /** S. */
  readonly secret: Bytes;
  readonly payload: Bytes;
  readonly seed: Bytes;
  /** Each friend has a draw of its own, whether its cell was sealed or not. */
  readonly drawn: number;
  readonly cells: Map<string, CellAhead>;
  /** A post has its S: nothing more is sealed for it. */
  isTaken: boolean;
  /** A round has its seed: no other one does (MO92). */
  isSpent: boolean;
};

/** One at most: that of the post that is being written, or that was posted last. */
const held = new WeakMap<Database, Ahead>();

/** Begins to seal; does nothing where what was sealed before is of now. */
export function sealAhead(context: FeatureContext): void {
  const { db, own, rooms, random, nowMs, after, failed } = context;
  const root = readMomentRoot(db);
  if (root === undefined) return;
  const accounts = [own(), ...sharedWith(context).map(({ account }) => account)];
  const next = placesKept(context);
  toldNow(context); // The tap asks it, too.
  const day = dayOf(nowMs());
  const before = held.get(db);
  const wayOf = waysTo(context, root);
  const isOfNow = (account: AccountId) => {
    const cell = before?.cells.get(toHex(account));
    return cell === undefined || (cell.place === (next.get(toHex(account)) ?? 0) && cell.way === wayOf(account));
  };
  // not a check: what is here still holds.
  if (before?.isTaken === false && before.day === day && equalBytes(before.root, root.root) && accounts.every(isOfNow))
    return;
  const secret = random(32);
  const ahead: Ahead = {
    root: root.root,
    day,
    secret,
    payload: postPayload(secret, holeName(rooms.crypto, bodySecret(rooms.crypto, root.root, secret, 0))),
    seed: random(32),
    drawn: accounts.length,
    cells: new Map(),
    isTaken: false,
    isSpent: false,
  };
  held.set(db, ahead);
  const nonceOf = noncesOf(rooms.crypto, ahead.seed);
  const some = async (from: number): Promise<void> => {
    for (const [at, account] of accounts.slice(from, from + cellsAtOnce).entries()) {
      if (ahead.isTaken || held.get(db) !== ahead) return;
      const [id, draw, way] = [toHex(account), from + at, wayOf(account)];
      const place = next.get(id) ?? 0;
      const hole = cellSecret(rooms.crypto, way, place);
      const cell = { kind: cellKinds.post, flags: 0, day, payload: ahead.payload };
      const value = await sealCell(rooms.crypto, way, place, cell, hole, nonceOf(draw));
      ahead.cells.set(id, { way, place, draw, secret: hole, value });
    }
    if (from + cellsAtOnce < accounts.length) after(0, () => void some(from + cellsAtOnce).catch(failed));
  };
  after(0, () => void some(0).catch(failed));
}

/** S of a post that is posted now under this M; undefined where nothing was sealed for it. */
export function takeAhead({ db }: FeatureContext, root: Bytes): Bytes | undefined {
  const ahead = held.get(db);
  if (ahead === undefined || ahead.isTaken || !equalBytes(ahead.root, root)) return undefined;
  ahead.isTaken = true;
  return ahead.secret;
}

/** What was sealed for the round of this post, to be spent: once, under this M, on this day. */
export function spendAhead({ db }: FeatureContext, post: Bytes | undefined, root: Bytes, day: number) {
  const ahead = held.get(db);
  if (ahead === undefined || post === undefined || ahead.isSpent || !ahead.isTaken) return undefined;
  if (!equalBytes(ahead.secret, post) || !equalBytes(ahead.root, root) || ahead.day !== day) return undefined;
  ahead.isSpent = true;
  const { seed, drawn, cells, payload } = ahead;
  return {
    seed,
    drawn,
    /** The draw of a cell that was sealed as it is to be. */
    drawOf: ({ to, kind, flags, payload: told }: CellTo, place: number, way: Bytes): number | undefined => {
      const cell = cells.get(toHex(to));
      const isSame = cell?.place === place && cell.way === way && kind === cellKinds.post && flags === 0;
      return isSame && equalBytes(told, payload) ? cell.draw : undefined;
    },
  };
}

/** Cells that were sealed by this seed. */
export function cellsAhead({ db }: FeatureContext, seed: Bytes): ReadonlyMap<string, CellAhead> | undefined {
  const ahead = held.get(db);
  return ahead?.isSpent === true && equalBytes(ahead.seed, seed) ? ahead.cells : undefined;
}
