/**
 * Says of a call that home recorded, searched; and opened with the call's secret (docs/spec/calls.md CA20, CA24): the
 * control that a search of what is sealed looked at the says themselves.
 */
import { decodeCallSay, decodeSignedSay } from "@yanshu/content";
import { type Bytes, concat, decodeRoomClientFrame, utf8 } from "@yanshu/wire";
import { crypto } from "../../world/turned.ts";
import type { Matcher } from "../scan/matcher.ts";

type SearchedSays = {
  readonly count: number;
  /** What was found in them as they crossed. */
  readonly hits: number;
  /** How many of them bear it once they are opened. */
  readonly bearing: number;
  readonly kinds: ReadonlySet<string>;
};

export async function searchSays(
  traffic: readonly Uint8Array[],
  secret: Bytes,
  search: Matcher,
): Promise<SearchedSays> {
  const says = traffic.flatMap((frame) => sealedSay(frame) ?? []);
  const { plain, kinds } = await openSays(secret, says);
  return {
    count: says.length,
    hits: says.flatMap((bytes) => search(bytes)).length,
    bearing: plain.filter((bytes) => search(bytes).length > 0).length,
    kinds,
  };
}

/** What a device says in a room, as home reads it; undefined: the frame is something else. */
function sealedSay(frame: Uint8Array): Bytes | undefined {
  try {
    const read = decodeRoomClientFrame(frame);
    return read.type === "say" ? read.bytes : undefined;
  } catch {
    return undefined;
  }
}

type OpenedSays = {
  /** All that is in them, each as it was sealed. */
  readonly plain: readonly Bytes[];
  readonly kinds: ReadonlySet<string>;
};

async function openSays(secret: Bytes, says: readonly Bytes[]): Promise<OpenedSays> {
  const room = crypto.sha256(concat(utf8("yanshu room v1\0"), secret)).slice(0, 16);
  const key = crypto.derive(secret, "yanshu room key v1", 32);
  const plain: Bytes[] = [];
  const kinds = new Set<string>();
  for (const one of says) {
    const opened = await crypto.open(key, one.slice(0, 12), room, one.slice(12));
    if (opened === undefined) continue;
    plain.push(opened);
    const signed = decodeSignedSay(opened);
    const say = signed && decodeCallSay(signed.body);
    if (say !== undefined) kinds.add(say.kind);
  }
  return { plain, kinds };
}
