/**
 * Handle: by which name this person is found, one value with a stamp, the same on all own devices
 * (docs/spec/identity.md ID28). In the store stands beside it whether home has heard of it from this device.
 */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, bool, decodeAs, encodeAs, type Infer, struct, text, uint } from "@yanshu/wire";

const stored = struct({ handle: text(32), isFound: bool, stampMs: uint(), isTold: bool });
export type StoredUsername = Infer<typeof stored>;

const bytesMax = 128;

export function readUsernameOf(db: Database): StoredUsername {
  return handleIn(readMeta(db, "handle"));
}

/** Answers whether it was news: later stamps win. */
export function noteUsername(db: Database, next: StoredUsername): boolean {
  if (next.stampMs <= readUsernameOf(db).stampMs) return false;
  writeMeta(db, "handle", encodeAs(stored, next));
  return true;
}

/** What home holds is not what is so now, or is: only of what stands here. */
export function markUsername(db: Database, isTold: boolean): void {
  const held = readUsernameOf(db);
  if (held.stampMs !== 0) writeMeta(db, "handle", encodeAs(stored, { ...held, isTold }));
}

/** Of what the store holds. Nothing: nobody ever chose one, and home need not be told. */
function handleIn(bytes: Bytes | undefined): StoredUsername {
  return bytes === undefined
    ? { handle: "", isFound: false, stampMs: 0, isTold: true }
    : decodeAs(stored, bytes, bytesMax);
}
