/** The secret of a call or a Live, as it lies on a member's disk until it is over. */
import { decodeBody } from "@yanshu/content";
import type { Bytes } from "@yanshu/wire";
import type { Person } from "./person.ts";

type Kind = "call" | "live";

/** The secret of the one call that is on this disk; undefined where it is there no more. */
export function secretOn({ disk }: Person, kind: Kind): Bytes | undefined {
  const row = disk.get<{ body: Uint8Array }>("SELECT body FROM messages WHERE kind = ?", kind);
  const body = row && decodeBody(row.body);
  if (body?.kind !== kind) throw new Error(`no ${kind}`);
  return body.secret;
}

/** The same where it has to be there. */
export function secretOf(person: Person, kind: Kind): Bytes {
  const secret = secretOn(person, kind);
  if (secret === undefined) throw new Error(`no ${kind} with a secret`);
  return secret;
}
