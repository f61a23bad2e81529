/**
 * Says of a call that home recorded, opened with the call's secret (docs/spec/calls.md CA20, CA24): the control that a
 * search of what is sealed looked at the says themselves.
 */
import { decodeBody, decodeCallSay, decodeSignedSay } from "@yanshu/content";
import { type Bytes, concat, decodeRoomClientFrame, utf8 } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { crypto } from "../../world/turned.ts";

/** The secret of the one call that stands on a member's disk; with the call's end it goes. */
export function secretOfCall({ disk }: Person): Bytes {
  const row = disk.get<{ body: Uint8Array }>("SELECT body FROM messages WHERE kind = 'call'");
  const body = row && decodeBody(row.body);
  if (body?.kind !== "call" || body.secret === undefined) throw new Error("no call with a secret");
  return body.secret;
}

/** What a device says in a room, as home reads it; undefined: the frame is something else. */
export function sealedSay(frame: Uint8Array): Bytes | undefined {
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

export async function openSays(secret: Bytes, says: readonly Bytes[]): Promise<OpenedSays> {
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
