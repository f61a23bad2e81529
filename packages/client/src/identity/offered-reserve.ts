/**
 * Invites of another home that home's operator names: a reserve (docs/spec/homes.md HM117), with whether the person
 * answered, and where home itself goes (HM118).
 */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, decodeLink } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";

export type OfferKey = "reserve-offered" | "home-moves";
/** @property link an invite of `server`. */
export type Offered = { readonly server: string; readonly link: string };
type Kept = Offered & { readonly home: string; readonly isAnswered?: true };

/**
 * What home says under `key`. What is no invite of another home is nothing. Inside a transaction. Returns whether
 * it is another than before. @checks HM117, HM118
 */
export function noteOffered(db: Database, key: OfferKey, home: string, link: string | undefined): boolean {
  const read = link === undefined ? undefined : decodeLink(link);
  const server = read?.kind === "invite" && read.link.server !== home ? read.link.server : undefined;
  const before = keptIn(readMeta(db, key));
  const isSame = before?.home === home && before.server === (server ?? "");
  const isAnswered = isSame && before.isAnswered === true;
  const now: Kept = { home, server: server ?? "", link: link ?? "", ...(isAnswered && { isAnswered }) };
  writeMeta(db, key, pack(now));
  return !isSame;
}

/** The person said yes or no to the reserve, and is asked no more of that server. Inside a transaction. */
export function answerOffered(db: Database): void {
  const kept = keptIn(readMeta(db, "reserve-offered"));
  if (kept !== undefined) writeMeta(db, "reserve-offered", pack({ ...kept, isAnswered: true } satisfies Kept));
}

/** @param stored the value under an `OfferKey`. Undefined: this home named none. */
export function offeredIn(
  stored: Bytes | undefined,
  home: string,
): (Offered & { readonly isAnswered: boolean }) | undefined {
  const kept = keptIn(stored);
  if (kept === undefined || kept.home !== home || kept.server === "") return undefined;
  const { server, link, isAnswered = false } = kept;
  return { server, link, isAnswered };
}

function keptIn(stored: Bytes | undefined): Kept | undefined {
  return stored && unpack<Kept>(stored);
}
