/**
 * Fuzz: bytes that nobody sent in good faith, for every decoder (docs/spec/wire.md WI7): noise, and valid encodings in
 * which something was changed. A crash is an error that is no refusal; what takes long, or keeps memory, shows in the
 * figures.
 */
import type { Bytes } from "@yanshu/wire";
import type { Chance } from "../world/chance.ts";
import { type Decoder, isRefusal } from "./decoders.ts";

export type Fuzzed = {
  readonly inputs: number;
  readonly accepted: number;
  /** Decoder, error, and the input in hex, so that it can be played again. */
  readonly crashes: readonly string[];
  readonly slowestMs: number;
};

const noiseBytesMax = 300;
const crashesKept = 20;

/** @param each told after each decoder, so that memory can be looked at. */
export async function fuzz(
  decoders: readonly Decoder[],
  inputs: number,
  chance: Chance,
  each: () => void = () => undefined,
): Promise<Fuzzed> {
  const crashes: string[] = [];
  let [done, accepted, slowestMs] = [0, 0, 0];
  const weight = decoders.reduce((sum, { every }) => sum + 1 / every, 0);
  for (const [i, decoder] of decoders.entries()) {
    const share = i === decoders.length - 1 ? inputs - done : Math.ceil(inputs / decoder.every / weight);
    for (let n = 0; n < share && done < inputs; n++, done++) {
      const bytes = inputOf(decoder.seeds, chance);
      const beganMs = performance.now();
      try {
        const answer = decoder.read(bytes);
        if ((answer instanceof Promise ? await answer : answer) !== undefined) accepted++;
      } catch (error) {
        if (!isRefusal(error) && crashes.length < crashesKept)
          crashes.push(`${decoder.name}: ${String(error)} at ${Buffer.from(bytes).toString("hex")}`);
      }
      slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    }
    each();
  }
  return { inputs: done, accepted, crashes, slowestMs };
}

/** One in four is noise; the others are valid ones with one to four changes. */
function inputOf(seeds: readonly Bytes[], chance: Chance): Bytes {
  if (seeds.length === 0 || chance.below(4) === 0) return chance.bytes(chance.below(noiseBytesMax));
  let bytes: Bytes = chance.pick(seeds).slice();
  for (let changes = 1 + chance.below(4); changes > 0; changes--) bytes = changed(bytes, seeds, chance);
  return bytes;
}

/** Heads of CBOR and of MLS vectors that promise more than there is. */
const greedy = [
  [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x5a, 0x7f, 0xff, 0xff, 0xff],
  [0xbf],
  [0x9f],
  [0xff],
  [0xbf, 0xff, 0xff, 0xff],
  [0x7f, 0xff],
  [0xc0],
];

function changed(bytes: Bytes, seeds: readonly Bytes[], chance: Chance): Bytes {
  const at = chance.below(bytes.length + 1);
  switch (chance.below(7)) {
    case 0: {
      bytes[at % Math.max(1, bytes.length)] = chance.below(256);
      return bytes;
    }
    case 1: {
      const place = at % Math.max(1, bytes.length);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << chance.below(8));
      return bytes;
    }
    case 2:
      return bytes.slice(0, at);
    case 3:
      return joined(bytes.subarray(0, at), chance.bytes(1 + chance.below(9)), bytes.subarray(at));
    case 4:
      return joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + chance.below(40))));
    case 5: {
      const other = chance.pick(seeds);
      return joined(bytes.subarray(0, at), other.subarray(chance.below(other.length + 1)));
    }
    default: {
      const head = chance.pick(greedy);
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from(head),
        bytes.subarray(Math.min(bytes.length, at + head.length)),
      );
    }
  }
}

function joined(...parts: readonly Bytes[]): Bytes {
  return new Uint8Array(Buffer.concat(parts));
}
