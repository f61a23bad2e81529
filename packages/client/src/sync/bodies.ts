/** Bodies that several parts of the client make: profile, introduction, sync items. */
import { type Body, bodyLimits, type Person } from "@yanshu/content";
import { readPerson } from "@yanshu/store";
import type { AccountId } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";

export function ownProfile(engine: Engine): { name: string; avatar?: Uint8Array; stampMs: number } {
  const row = readPerson(engine.db, ownOf(engine).account);
  return {
    name: row?.name ?? "",
    stampMs: row?.stamp_ms ?? 0,
    ...(row?.avatar == null ? {} : { avatar: row.avatar }),
  };
}

/** Names of these accounts as far as they are known here; faces travel with their own profiles. */
export function introduction(engine: Engine, accounts: readonly AccountId[]): Body | undefined {
  const people: Person[] = accounts.flatMap((account) => {
    const row = readPerson(engine.db, account);
    return row === undefined || row.name === "" ? [] : [{ account, name: row.name }];
  });
  return people.length === 0 ? undefined : { kind: "introduce", people: people.slice(0, bodyLimits.introducedMax) };
}
