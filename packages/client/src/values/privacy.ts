/**
 * Privacy: who may turn to this person, one value with a stamp, the same on all own devices (docs/spec/identity.md
 * ID27). In the store it is a byte of marks, each of which takes away what is so otherwise, and the stamp.
 */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import type { Bytes, UnixMs } from "@yanshu/wire";
import type { Privacy } from "../api/privacy.ts";

type Stamped = Privacy & { readonly stampMs: UnixMs };

const noLink = 1;
const noGroups = 2;
const noDirectCalls = 4;

export function readPrivacy(db: Database): Stamped {
  return privacyIn(readMeta(db, "privacy"));
}

/** Answers whether it was news: later stamps win. */
export function notePrivacy(db: Database, next: Stamped): boolean {
  if (next.stampMs <= readPrivacy(db).stampMs) return false;
  const bytes = new Uint8Array(9);
  bytes[0] = (next.takesLink ? 0 : noLink) | (next.takesGroups ? 0 : noGroups) | (next.relaysCalls ? noDirectCalls : 0);
  new DataView(bytes.buffer).setBigUint64(1, BigInt(next.stampMs));
  writeMeta(db, "privacy", bytes);
  return true;
}

/** Of what the store holds. Nothing: nobody said anything, and all may. */
export function privacyIn(bytes: Bytes | undefined): Stamped {
  if (bytes?.length !== 9) return { takesLink: true, takesGroups: true, relaysCalls: false, stampMs: 0 as UnixMs };
  const marks = bytes[0] ?? 0;
  const stampMs = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1)) as UnixMs;
  return {
    takesLink: (marks & noLink) === 0,
    takesGroups: (marks & noGroups) === 0,
    relaysCalls: (marks & noDirectCalls) !== 0,
    stampMs,
  };
}
