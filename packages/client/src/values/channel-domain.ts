/** The domain that a channel names, and what that domain said of it (docs/spec/channels.md CH95–CH97). */
import { type Database, readChannel, readChannelDomain } from "@yanshu/store";
import { type Bytes, isDomain } from "@yanshu/wire";
import { ownAsAuthor, profileWaiting } from "./public-log.ts";

export type ChannelDomainView = {
  readonly name: string;
  /**
   * `own`: the domain said lately that the channel is its own. `other`: it said that it is not, whatever the channel
   * says. `unasked`: this person asked lately for no answer.
   */
  readonly says: "own" | "other" | "unasked";
  /** When it said so, in Unix milliseconds; 0: it did not. */
  readonly atMs: number;
};

/** So long a domain's word is shown: it may be sold, and a key lost. */
const wordMs = 30 * 86_400_000;

/** @checks CH97 */
export function domainOf(
  { database: db, nowMs }: { readonly database: Database; readonly nowMs: number },
  id: Bytes,
): { readonly domain?: ChannelDomainView } {
  const waiting = ownAsAuthor(db, id) === undefined ? undefined : profileWaiting(db, id);
  const name = (waiting ?? readChannel(db, id))?.domain ?? "";
  if (!isDomain(name)) return {};
  const said = readChannelDomain(db, id, name);
  const ageMs = nowMs - (said?.at_ms ?? 0);
  if (said === undefined || ageMs < 0 || ageMs >= wordMs) return { domain: { name, says: "unasked", atMs: 0 } };
  return { domain: { name, says: said.is_own === 1 ? "own" : "other", atMs: said.at_ms } };
}
