/**
 * What a round tells, and what was spent for it (docs/spec/moments.md MO4, MO23, MO92): places, and a seed from which
 * all follows that is random in its holes. So each try has the same holes, and the store keeps none of them: written
 * three times, five hundred of them took a browser longer than sealing them.
 */
import {
  addMomentHole,
  type MomentRoundHole,
  type MomentRoundRow,
  type MomentRow,
  readMomentPuts,
  readMomentRound,
  readMomentRoundsOf,
} from "@yanshu/store";
import { type AccountId, type Bytes, concat, equalBytes, type HoleDays, toHex } from "@yanshu/wire";
import { type FeatureContext, pack, unpack } from "../../feature.ts";
import {
  type Cell,
  cellSecret,
  fillingSecret,
  noncesAtOnce,
  roundFilling,
  roundNoise,
  roundNonces,
  type SealedCrypto,
  sealCell,
  wayTo,
} from "./sealed.ts";
import type { HoleToPut } from "./server.ts";
import { accountsIn } from "./values.ts";

/** A cell that is to be told to a friend, wherever their next place is. */
export type CellTo = Pick<Cell, "kind" | "flags" | "payload"> & { readonly to: AccountId };

/**
 * `round`: its number in the store. `filledBy`: what its fillings are made of where it is of no post; own devices know
 * it, and clear them too (MO56).
 */
export type RoundJob = { readonly round: number; readonly days: HoleDays; readonly filledBy?: Bytes };

type Told = Pick<CellTo, "kind" | "flags" | "payload">;
/** `of`: of each account of `to` which of `what`. */
type PackedCells = { readonly what: readonly Told[]; readonly to: Bytes; readonly of: readonly number[] };

/** What is told stands once, however many it is for. */
export function packCells(cells: readonly CellTo[]): Bytes {
  const what: Told[] = [];
  const of = cells.map(({ kind, flags, payload }) => {
    const isSame = (one: Told) => one.kind === kind && one.flags === flags && equalBytes(one.payload, payload);
    const at = what.findIndex(isSame);
    return at < 0 ? what.push({ kind, flags, payload }) - 1 : at;
  });
  return pack({ what, to: concat(...cells.map(({ to }) => to)), of } satisfies PackedCells);
}

export function unpackCells(bytes: Bytes): readonly CellTo[] {
  const { what, to, of } = unpack<PackedCells>(bytes);
  return accountsIn(to).map((account, at) => ({ ...(what[of[at] ?? 0] as Told), to: account }));
}

/** `nth` of the round's cells, at a place. `was`: SHA-256 of what may stand there already, by this device. */
export type SpentCell = { readonly nth: number; readonly place: number; readonly draw: number; readonly was?: Bytes };
/** `of`: the number of which its secret is made; or that secret, of a cell that was taken out. */
export type SpentFilling = { readonly of: number | Bytes; readonly draw: number; readonly was?: Bytes };
/**
 * Under M of this generation. Each draw is one cell's, or one filling's, alone: of a cell its nonce follows from it,
 * and of what fills the round all of it.
 */
export type Spent = {
  readonly root: Bytes;
  readonly generation: number;
  /** That of its cells. */
  readonly day: number;
  readonly seed: Bytes;
  /** Draws that were given so far. */
  readonly drawn: number;
  /**
   * Names that were made for fillings, those that are used no more too: it only grows, as long as the names are of one
   * secret. Else home would meet fillings of before beside new cells (MO121).
   */
  readonly filled: number;
  /** What stands in it may have left this device. */
  readonly isTried: boolean;
  readonly at: readonly SpentCell[];
  readonly fillings: readonly SpentFilling[];
  /** Of friends who dropped a device, by `nth`: the generation that they had told, of which the way to them is. */
  readonly theirs: Readonly<Record<string, number>>;
};

/** What was spent counts no more, but names of fillings: what is spent next has others (MO121). */
export function onlyFilled({ root, filled }: Pick<Spent, "root" | "filled">): Spent {
  const none = new Uint8Array();
  const rest = { generation: 0, day: 0, seed: none, drawn: 0, isTried: false, theirs: {} };
  return { ...rest, root, filled, at: [], fillings: [] };
}

/** From which number on fillings of a round are named under this M. */
export function filledFrom(before: Spent | undefined, root: Bytes, { round }: FilledBy): number {
  return before !== undefined && (round !== undefined || equalBytes(before.root, root)) ? before.filled : 0;
}

type Packed = Omit<Spent, "at" | "fillings"> & {
  /** Three numbers of each cell; one of each filling, and the draw. */
  readonly at: readonly number[];
  readonly fillings: readonly (number | Bytes)[];
  /** Of all cells and then of all fillings; left out where nothing stood before. */
  readonly was?: readonly (Bytes | null)[];
};

export function packSpent({ at, fillings, ...rest }: Spent): Bytes {
  const was = [...at, ...fillings].map((one) => one.was ?? null);
  return pack({
    ...rest,
    at: at.flatMap(({ nth, place, draw }) => [nth, place, draw]),
    fillings: fillings.flatMap(({ of, draw }) => [of, draw]),
    ...(was.some((one) => one !== null) && { was }),
  } satisfies Packed);
}

export function unpackSpent(bytes: Bytes): Spent {
  const { at, fillings, was = [], ...rest } = unpack<Packed>(bytes);
  const stood = (nth: number) => {
    const hash = was[nth];
    return hash ? { was: hash } : {};
  };
  const cells = Array.from({ length: at.length / 3 }, (_, nth): SpentCell => {
    const [of, place, draw] = at.slice(3 * nth, 3 * nth + 3) as [number, number, number];
    return { nth: of, place, draw, ...stood(nth) };
  });
  return {
    ...rest,
    at: cells,
    fillings: Array.from({ length: fillings.length / 2 }, (_, nth) => ({
      of: fillings[2 * nth] as number | Bytes,
      draw: fillings[2 * nth + 1] as number,
      ...stood(cells.length + nth),
    })),
  };
}

export type SealedCell = SpentCell & { readonly cell: CellTo; readonly hole: HoleToPut };
type Sealed = { readonly at: readonly SealedCell[]; readonly fillings: readonly HoleToPut[] };

type Rooms = Pick<FeatureContext["rooms"], "crypto">;

/** Of what the secrets of fillings are made. */
export type FilledBy = { readonly post?: Bytes | undefined; readonly round?: Bytes | undefined };

export function fillingSecretOf(crypto: SealedCrypto, root: Bytes, { post, round }: FilledBy, of: number | Bytes) {
  if (typeof of !== "number") return of;
  if (round !== undefined) return roundFilling(crypto, round, of);
  if (post !== undefined) return fillingSecret(crypto, root, post, of);
  throw new Error("invariant: a round is of a post, or says of what its fillings are made");
}

/** A cell of a post that was sealed before it was posted (MO96). */
export type CellAhead = {
  readonly way: Bytes;
  readonly place: number;
  readonly draw: number;
  readonly secret: Bytes;
  readonly value: Bytes;
};

/** The nonce of each draw of a round. */
export function noncesOf(crypto: SealedCrypto, seed: Bytes): (draw: number) => Bytes {
  const nonces = new Map<number, Bytes>();
  return (draw) => {
    const block = Math.floor(draw / noncesAtOnce);
    const held = nonces.get(block) ?? roundNonces(crypto, seed, block);
    nonces.set(block, held);
    const from = (draw - block * noncesAtOnce) * (held.length / noncesAtOnce);
    return held.subarray(from, from + held.length / noncesAtOnce);
  };
}

/**
 * All holes of a round, the same each time. @param wayOf to a friend of that generation, under the round's M: places
 * are of the way of then, whatever the friend told since. @param ahead those of its cells that were sealed already, by
 * account
 */
export async function sealRound(
  crypto: SealedCrypto,
  spent: Spent,
  cells: readonly CellTo[],
  by: FilledBy,
  wayOf: (friend: AccountId, theirs: number) => Bytes,
  ahead?: ReadonlyMap<string, CellAhead>,
): Promise<Sealed> {
  const { seed, day, root, theirs } = spent;
  const nonceOf = noncesOf(crypto, seed);
  const at = spent.at.map(async (one): Promise<SealedCell> => {
    const cell = cells[one.nth] as CellTo;
    // A draw is one cell's alone: by the same seed it was sealed as it is to be.
    const sealed = ahead?.get(toHex(cell.to));
    if (sealed?.draw === one.draw && sealed.place === one.place)
      return { ...one, cell, hole: { secret: sealed.secret, value: sealed.value, ...(one.was && { was: one.was }) } };
    const way = wayOf(cell.to, theirs[one.nth] ?? 1);
    const secret = cellSecret(crypto, way, one.place);
    const value = await sealCell(crypto, way, one.place, { ...cell, day }, secret, nonceOf(one.draw));
    return { ...one, cell, hole: { secret, value, ...(one.was && { was: one.was }) } };
  });
  const fillings = spent.fillings.map(
    ({ of, draw, was }): HoleToPut => ({
      secret: fillingSecretOf(crypto, root, by, of),
      value: roundNoise(crypto, seed, draw),
      ...(was && { was }),
    }),
  );
  return { at: await Promise.all(at), fillings };
}

/** Where a cell of the round stands: on the way of the generation that its friend had told then. */
export function cellHole({ crypto }: Rooms, spent: Spent, { to }: CellTo, { nth, place }: SpentCell): MomentRoundHole {
  const way = wayTo(crypto, spent.root, spent.generation, to, spent.theirs[nth]);
  return { secret: cellSecret(crypto, way, place), account: to, place };
}

/** What may stand at home of a round: cells for an account at its place; and, of no account, what fills it. */
export function holesOf(
  rooms: Rooms,
  { cells: packed, spent: bytes }: Omit<MomentRoundRow, "round">,
  by: FilledBy,
): readonly MomentRoundHole[] {
  if (bytes === null) return [];
  const spent = unpackSpent(bytes);
  const cells = unpackCells(packed);
  return [
    ...spent.at.map((one) => cellHole(rooms, spent, cells[one.nth] as CellTo, one)),
    ...spent.fillings.map(
      ({ of }): MomentRoundHole => ({
        secret: fillingSecretOf(rooms.crypto, spent.root, by, of),
        account: new Uint8Array(),
        place: 0,
      }),
    ),
  ];
}

/** The same of all rounds that tell a post. */
export function holesOfPost({ db, rooms }: FeatureContext, { id, secret }: Pick<MomentRow, "id" | "secret">) {
  return readMomentRoundsOf(db, id).flatMap((row) => holesOf(rooms, row, { post: secret }));
}

/**
 * What a round leaves behind, since it goes on at other places, may be at home: it is noted, and goes with the post.
 * Inside a transaction.
 */
export function noteLeft({ db }: Pick<FeatureContext, "db">, post: Bytes, holes: readonly MomentRoundHole[]): void {
  if (post.length === 0) return;
  for (const { secret, account, place } of holes) addMomentHole(db, post, secret, { account, place });
}

/** Rounds that wait, with what was spent for them. */
export function waitingRounds({ db }: Pick<FeatureContext, "db">) {
  return readMomentPuts(db).flatMap(({ kind, args, about }) => {
    if (kind !== "cells") return [];
    const row = readMomentRound(db, unpack<RoundJob>(args).round);
    if (row === undefined) return [];
    return [
      { row, about, cells: unpackCells(row.cells), spent: row.spent === null ? undefined : unpackSpent(row.spent) },
    ];
  });
}
