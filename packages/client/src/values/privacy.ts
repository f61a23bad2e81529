/**
 * Privacy settings: who may ask this person for contact, and whether calls always go by the server
 * (docs/spec/identity.md ID27). One value for all own devices; the later stamp wins. Stored as 9 bytes: flags, of which
 * a set one turns off what is on by default (but for `noDirectCalls`), and the stamp, u64 big-endian, in ms since 1970.
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

/** Stores it if its stamp is later; returns whether it was. */
export function notePrivacy(db: Database, next: Stamped): boolean {
  if (next.stampMs <= readPrivacy(db).stampMs) return false;
  const bytes = new Uint8Array(9);
  bytes[0] = (next.takesLink ? 0 : noLink) | (next.takesGroups ? 0 : noGroups) | (next.relaysCalls ? noDirectCalls : 0);
  new DataView(bytes.buffer).setBigUint64(1, BigInt(next.stampMs));
  writeMeta(db, "privacy", bytes);
  return true;
}

/** Decodes what the store holds; the defaults, when it holds nothing. */
function privacyIn(bytes: Bytes | undefined): Stamped {
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
