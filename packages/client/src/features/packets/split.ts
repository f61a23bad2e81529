/**
 * Split: what each opener of a red packet gets (docs/spec/packets.md RP5–RP9). A pure function of what stands on the
 * record, so that every member, and who reads an export, reckons alike.
 *
 * Those who open stand in a ring, in the order of the group's server. Between each two neighbours lies a pot, and two
 * secrets, one of each, say where it is cut. There is no common coin that the last to speak could spoil: whatever the
 * others do, an honest opener's two pots are cut evenly, or are theirs.
 */
import { type Bytes, concat, equalBytes, utf8 } from "@yanshu/wire";
import { partsOf } from "./ledger.ts";

export type Sha256 = (data: Bytes) => Bytes;
export type Side = "left" | "right";

export type SplitPacket = {
  readonly id: Bytes;
  /** In hundredths; at least one for each share. */
  readonly total: number;
  readonly shares: number;
  readonly mode: "lucky" | "equal";
};

/** One who opened it: what they committed to, and which secrets they have shown, right or wrong. */
export type Opener = {
  readonly account: Bytes;
  readonly commitments: Readonly<Record<Side, Bytes>>;
  readonly shown: Readonly<Record<Side, readonly Bytes[]>>;
};

export type Pot = {
  /** Places of the neighbours among the openers. */
  readonly first: number;
  readonly second: number;
  readonly amount: number;
  /**
   * `cut` by both secrets; `left` to the one who showed theirs, or to the only opener; `returned` to who gave the
   * packet, as nobody showed; `waiting` for a secret.
   */
  readonly state: "cut" | "left" | "returned" | "waiting";
  /** What the first gets of it; undefined while it waits. */
  readonly toFirst?: number;
  readonly toSecond?: number;
  /** Where both secrets are known: the first eight bytes of the hash that cut it, and what was drawn before. */
  readonly draw?: { readonly hash: Bytes; readonly counter: number };
  /** The secrets that fit. */
  readonly firstSecret?: Bytes;
  readonly secondSecret?: Bytes;
};

export type Split = {
  /** Of each opener whose share counts, as far as it is decided. */
  readonly lots: readonly { readonly amount: number; readonly isFinal: boolean }[];
  /** Of pot n, between opener n and the next. */
  readonly pots: readonly Pot[];
  /** What goes back to who gave it, once nobody can open it any more. */
  readonly back: number;
  /** Nothing of it can change any more. */
  readonly isDone: boolean;
};

const drawBytes = 8;
const drawRange = 1n << 64n;

/** Bound to packet, account and side, so that nobody can copy another's. */
export function commitment(sha256: Sha256, packet: Bytes, account: Bytes, side: Side, secret: Bytes): Bytes {
  const label = utf8("yanshu packet commit v1\0");
  return sha256(concat(label, packet, account, new Uint8Array([side === "left" ? 0 : 1]), secret));
}

/** What a packet is, as who takes of it names it: a giver who tells each another one is seen by that (RP14). */
export type Terms = Omit<SplitPacket, "id"> & {
  readonly of: "points" | "money";
  readonly currency: string;
  readonly forWhom?: readonly Bytes[];
};

export function termsHash(sha256: Sha256, packet: Bytes, { of, currency, total, shares, mode, forWhom }: Terms): Bytes {
  const unit = utf8(currency);
  const whom = forWhom === undefined ? [bytes(0)] : [bytes(1), ...forWhom];
  const signs = bytes(mode === "lucky" ? 0 : 1, of === "points" ? 0 : 1, unit.length);
  return sha256(concat(utf8("yanshu packet terms v1\0"), packet, u32(total), u32(shares), signs, unit, ...whom));
}

type Commitments = { readonly left: Bytes; readonly right: Bytes };

/** What both takes beside a pot held, as who shows saw them (RP15). */
export function takesHash(sha256: Sha256, packet: Bytes, first: Commitments, second: Commitments): Bytes {
  const label = utf8("yanshu packet takes v1\0");
  return sha256(concat(label, packet, first.left, first.right, second.left, second.right));
}

function bytes(...values: readonly number[]): Bytes {
  return new Uint8Array(values);
}

/**
 * How much lies in the pot after opener `place`: one hundredth of each share is everybody's own (RP5). Nothing where
 * there is less than that (RP11).
 */
export function potOf({ total, shares }: Pick<SplitPacket, "total" | "shares">, place: number): number {
  const rest = total - shares;
  if (shares < 1 || rest < 0) return 0;
  return Math.floor(rest / shares) + (place < rest % shares ? 1 : 0);
}

/** Where a pot is cut: 0 to `amount`, evenly. What would make some likelier is drawn again. */
function cutOf(sha256: Sha256, packet: Bytes, ring: readonly Bytes[], amount: number) {
  const range = BigInt(Math.max(0, amount)) + 1n;
  const below = drawRange - (drawRange % range);
  for (let counter = 0; ; counter++) {
    const said = concat(utf8("yanshu packet cut v1\0"), packet, ...ring, new Uint8Array([counter & 255]));
    const hash = sha256(said).subarray(0, drawBytes);
    const drawn = new DataView(hash.buffer, hash.byteOffset, drawBytes).getBigUint64(0);
    if (drawn < below) return { cut: Number(drawn % range), draw: { hash, counter } };
  }
}

/**
 * @param openers those whose share counts, at most `shares`, in the order of all.
 * @param at `open`: more may come. `closed`: nobody any more. `settled`: who has not shown leaves the pot to the
 *   neighbour.
 */
export function split(
  sha256: Sha256,
  packet: SplitPacket,
  openers: readonly Opener[],
  at: "open" | "closed" | "settled",
): Split {
  const taken = openers.slice(0, packet.shares);
  const isClosed = at !== "open" || taken.length === packet.shares;
  if (packet.mode === "equal") return equalSplit(packet, taken.length, isClosed);
  const pots: Pot[] = [];
  for (let place = 0; place < (isClosed ? taken.length : taken.length - 1); place++)
    pots.push(potBetween(sha256, packet, taken, place, at === "settled"));
  const lots = taken.map((_, place) => {
    const beside = pots.filter(({ first, second }) => first === place || second === place);
    const sides = pots.reduce((sum, { first, second }) => sum + Number(first === place) + Number(second === place), 0);
    const amount = beside.reduce(
      (sum, { first, second, toFirst = 0, toSecond = 0 }) =>
        sum + (first === place ? toFirst : 0) + (second === place ? toSecond : 0),
      1,
    );
    return { amount, isFinal: sides === 2 && beside.every(({ state }) => state !== "waiting") };
  });
  const given = lots.reduce((sum, { amount }) => sum + amount, 0);
  const waiting = pots.reduce((sum, { state, amount }) => sum + (state === "waiting" ? amount : 0), 0);
  const isDone = isClosed && waiting === 0;
  return { lots, pots, back: isClosed ? packet.total - given - waiting : 0, isDone };
}

function equalSplit({ total, shares }: SplitPacket, count: number, isClosed: boolean): Split {
  const parts = partsOf(total, shares).slice(0, count);
  const lots = parts.map((amount) => ({ amount, isFinal: true }));
  const given = lots.reduce((sum, { amount }) => sum + amount, 0);
  return { lots, pots: [], back: isClosed ? total - given : 0, isDone: isClosed };
}

function potBetween(
  sha256: Sha256,
  packet: SplitPacket,
  taken: readonly Opener[],
  first: number,
  isSettled: boolean,
): Pot {
  const second = (first + 1) % taken.length;
  const amount = potOf(packet, first);
  const base = { first, second, amount };
  const [one, other] = [taken[first], taken[second]];
  if (one === undefined || other === undefined) throw new Error("invariant: a pot lies between two openers");
  if (first === second) return { ...base, state: "left", toFirst: amount, toSecond: 0 };
  const firstSecret = fitting(sha256, packet.id, one, "right");
  const secondSecret = fitting(sha256, packet.id, other, "left");
  const known = {
    ...base,
    ...(firstSecret === undefined ? {} : { firstSecret }),
    ...(secondSecret === undefined ? {} : { secondSecret }),
  };
  if (firstSecret !== undefined && secondSecret !== undefined) {
    const ring = [one.account, firstSecret, other.account, secondSecret];
    const { cut, draw } = cutOf(sha256, packet.id, ring, amount);
    return { ...known, state: "cut", toFirst: cut, toSecond: amount - cut, draw };
  }
  if (!isSettled) return { ...known, state: "waiting" };
  if (firstSecret !== undefined) return { ...known, state: "left", toFirst: amount, toSecond: 0 };
  if (secondSecret !== undefined) return { ...known, state: "left", toFirst: 0, toSecond: amount };
  return { ...known, state: "returned", toFirst: 0, toSecond: 0 };
}

/** Of what was shown, the secret that was committed to. @checks RP2 */
function fitting(sha256: Sha256, packet: Bytes, { account, commitments, shown }: Opener, side: Side) {
  return shown[side].find((secret) => equalBytes(commitment(sha256, packet, account, side, secret), commitments[side]));
}

/** What who gave the packet names when it is settled, so that a device that reckons otherwise says so (RP7). */
export function resultHash(sha256: Sha256, packet: Bytes, openers: readonly Opener[], result: Split): Bytes {
  const lots = result.lots.flatMap(({ amount }, place) => [openers[place]?.account ?? new Uint8Array(), u32(amount)]);
  return sha256(concat(utf8("yanshu packet result v1\0"), packet, ...lots, u32(result.back)));
}

function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
