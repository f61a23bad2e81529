/**
 * vectors/packets.json: how packets are cut, for who writes another client (docs/spec/packets.md RP2, RP5–RP9, RP14,
 * RP15).
 */
import { createHash } from "node:crypto";
import {
  commitment,
  type Opener,
  resultHash,
  type Side,
  type SplitPacket,
  split,
  takesHash,
  termsHash,
} from "@yanshu/client/split";
import type { Bytes } from "@yanshu/wire";

const sha256 = (data: Bytes): Bytes => new Uint8Array(createHash("sha256").update(data).digest());
const filled = (byte: number, length = 32): Bytes => new Uint8Array(length).fill(byte);

type Shape = {
  readonly name: string;
  readonly mode: "lucky" | "equal";
  readonly total: number;
  readonly shares: number;
  readonly count: number;
  readonly at: "open" | "closed" | "settled";
  /** Places whose secrets are not shown. */
  readonly silent?: readonly number[];
};

const shapes: readonly Shape[] = [
  { name: "full", mode: "lucky", total: 8_800, shares: 5, count: 5, at: "open" },
  { name: "two of five, not over", mode: "lucky", total: 8_800, shares: 5, count: 2, at: "open" },
  { name: "three of five, over", mode: "lucky", total: 8_800, shares: 5, count: 3, at: "closed" },
  { name: "one alone", mode: "lucky", total: 8_800, shares: 5, count: 1, at: "closed" },
  { name: "one waited for", mode: "lucky", total: 8_800, shares: 4, count: 4, at: "closed", silent: [1] },
  { name: "one never shows", mode: "lucky", total: 8_800, shares: 4, count: 4, at: "settled", silent: [1] },
  {
    name: "two neighbours never show",
    mode: "lucky",
    total: 8_800,
    shares: 4,
    count: 4,
    at: "settled",
    silent: [1, 2],
  },
  { name: "a hundredth for each", mode: "lucky", total: 7, shares: 7, count: 7, at: "open" },
  { name: "equal", mode: "equal", total: 10_000, shares: 3, count: 2, at: "closed" },
];

export function packetVectors(): object {
  return {
    about:
      "How packets are cut (docs/spec/packets.md RP2, RP5, RP7, RP9). Byte strings are hexadecimal, sums are hundredths. Of each opener: account, both secrets, and whether they are shown. A pot lies between the openers at `first` and `second`. `terms`: what a take names, where it is points for all; `takes`: what a show names of the first two (RP14, RP15).",
    packets: shapes.map(played),
  };
}

function played({ name, mode, total, shares, count, at, silent = [] }: Shape, nth: number): object {
  const packet: SplitPacket = { id: filled(0x40 + nth, 16), total, shares, mode };
  const openers = Array.from({ length: count }, (_, place) => {
    const account = filled(place + 1);
    const secrets = { left: filled(0x80 + place), right: filled(0xc0 + place) };
    const committed = (side: Side) =>
      mode === "equal" ? filled(0) : commitment(sha256, packet.id, account, side, secrets[side]);
    const commitments = { left: committed("left"), right: committed("right") };
    return { account, secrets, commitments, isShown: mode === "lucky" && !silent.includes(place) };
  });
  const ring = openers.map(({ account, commitments, secrets, isShown }): Opener => {
    const of = (side: Side) => (isShown ? [secrets[side]] : []);
    return { account, commitments, shown: { left: of("left"), right: of("right") } };
  });
  const result = split(sha256, packet, ring, at);
  const [one, other] = openers;
  const takes = one && other && takesHash(sha256, packet.id, one.commitments, other.commitments);
  const terms = termsHash(sha256, packet.id, { ...packet, of: "points", currency: "" });
  const said = { terms, ...(takes === undefined ? {} : { takes }) };
  return { name, packet, at, openers, result, hash: resultHash(sha256, packet.id, ring, result), ...said };
}
