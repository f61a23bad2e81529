/** Invitations (docs/spec/delivery.md DS140): statements only, no decisions. */
import type { InviteLog, InviteRow } from "../log.ts";
import { type Prepare, toChange } from "./prepared.ts";

type Columns = [ref: number, people: number | null, taken: number, endsMs: number | null, ended: number];

export function inviteLog(prepare: Prepare): InviteLog {
  const columns = "SELECT ref, people, taken, ends_ms, ended FROM invitations";
  const find = prepare(`${columns} WHERE hash = ? ${toChange}`);
  const all = prepare(`${columns} ORDER BY ref`);
  const add = prepare("INSERT INTO invitations (hash, people, ends_ms) VALUES (?, ?, ?) RETURNING ref");
  const count = prepare("UPDATE invitations SET taken = taken + 1 WHERE ref = ?");
  const replace = prepare("UPDATE invitations SET hash = ? WHERE ref = ? AND ended = 0");
  const end = prepare("UPDATE invitations SET ended = 1, ends_ms = ? WHERE ref = ? AND ended = 0");
  const drop = prepare("DELETE FROM invitations WHERE ends_ms < ?");
  return {
    invitation: (hash) => {
      const found = find.get<Columns>(hash);
      return found === undefined ? undefined : row(found);
    },
    invitations: () => all.all<Columns>().map(row),
    addInvitation: (hash, people, endsMs) => {
      const added = add.get<[number]>(hash, people ?? null, endsMs ?? null);
      if (added === undefined) throw new Error("invariant: an insert answers its row");
      return added[0];
    },
    countInvited: (ref) => count.put(ref),
    replaceInvitation: (ref, hash) => replace.run(hash, ref) > 0,
    endInvitation: (ref, nowMs) => end.run(nowMs, ref) > 0,
    dropInvitations: (endedBeforeMs) => drop.put(endedBeforeMs),
  };
}

function row([ref, people, taken, endsMs, ended]: Columns): InviteRow {
  return { ref, people: people ?? undefined, taken, endsMs: endsMs ?? undefined, isEnded: ended === 1 };
}
