/** Single values (table `meta`). */
import type { AccountId, Bytes } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { beginVaultAnew } from "./vault.ts";

export type MetaKey =
  | "server"
  | "heard-before"
  | "inception"
  | "device-seed"
  | "master-key"
  | "card-confirmed"
  /** Home is to be told where the account is, since a device was dropped (HM30). */
  | "homes-owed"
  /** Which homes it is to be told then, where the person decided them (HM44, HM51). */
  | "homes-wish"
  /** The record of where the account is that counts, as far as this device was told. */
  | "home-record"
  /** The home besides the own one that this device signs in at, with the pair of there (HM45). */
  | "other-home"
  /** Meeting places, slips that lie there, and who was found by them (HM83). */
  | "slips"
  /** The reserve that home offers, and whether the person answered (HM117). */
  | "reserve-offered"
  | "home-moves"
  /** Servers spoken with through home, by which keys, and who lives there (docs/spec/peers.md PE51). */
  | "far-servers"
  /** Since when home does not answer (HM63). */
  | "home-away"
  /** The key of home, as it showed it first; and that another server answers at its name (HM74). */
  | "home-key"
  | "home-strange"
  | "pair-current"
  | "pair-next"
  | "incarnation"
  | "home-restored"
  | "contact-capability"
  | "contact-capability-ms"
  /** Hashes of the rights of links that were reset, the newest first (ID76). */
  | "contact-capability-former"
  /** By which this device makes the ids of lines that it inserts once (SY80). */
  | "line-key"
  | "not-passed-on"
  /** The latest stamp of the own profile that was heard before a device was put out (SY90). */
  | "profile-heard"
  | "privacy"
  | "handle"
  | "device-names"
  | "push"
  | "recovery-key"
  | "came-back"
  | "came-over"
  | "formers"
  | "removed-record"
  | "record-kept"
  | "record-owed"
  | "mending"
  | "kept-record"
  | "untold"
  | "kinds"
  /** Marks that stood here before each was looked at have been (VA37). */
  | "marks-looked-at"
  | "record-more"
  | "leaving"
  | "erased"
  | "vault"
  | "family"
  | "family-back"
  | "moment-draft"
  /** Where the archive of Moments lies; one that is on its way there (VA40); and those not read whole yet (VA41). */
  | "moment-archive"
  | "moment-archive-next"
  | "moment-archive-kept"
  /** When home became another, or was put back (VA41). */
  | "moments-home-since"
  /** Until when what was met is believed of own devices that are listed no more (MO173). */
  | "moments-former-keys"
  /** Homes that friends named as theirs (MO71). */
  | "moment-homes"
  /** Devices that this one confirmed and that have not joined yet (ID66). */
  | "unjoined"
  /** Heads of the log of releases: the one that friends were told, and theirs (docs/spec/release.md RE20). */
  | "release-heads";

export function readMeta(db: Database, key: MetaKey): Bytes | undefined {
  return db.get<{ value: Bytes }>("SELECT value FROM meta WHERE key = ?", key)?.value;
}

export function writeMeta(db: Database, key: MetaKey, value: Bytes): void {
  db.run(
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    key,
    value,
  );
}

export function deleteMeta(db: Database, key: MetaKey): void {
  db.run("DELETE FROM meta WHERE key = ?", key);
}

/** Whether the own card may not be passed on. */
export function noteNotPassedOn(db: Database, isOff: boolean): void {
  if (isOff) writeMeta(db, "not-passed-on", Uint8Array.of(1));
  else deleteMeta(db, "not-passed-on");
}

/**
 * What this device was, but not what it read: keys, groups, addresses, and what waits to be sent
 * under them go; the timeline, people and contacts stay for when it is linked again.
 */
export function forgetDevice(db: Database): void {
  db.script(`
    DELETE FROM meta WHERE key NOT IN ('inception', 'server', 'master-key', 'card-confirmed');
    DELETE FROM groups; DELETE FROM ratchets; DELETE FROM tags; DELETE FROM pending_commits; DELETE FROM jobs;
    DELETE FROM committed_changes;
    DELETE FROM key_packages; DELETE FROM addresses; DELETE FROM welcome_notes; DELETE FROM waiting;
    DELETE FROM newer_welcomes;
    DELETE FROM waking;
    DELETE FROM outbox; DELETE FROM sent; DELETE FROM heard; DELETE FROM gaps; DELETE FROM heard_before;
    DELETE FROM uploads; DELETE FROM upload_tokens; DELETE FROM renewals; DELETE FROM path_commits;
    DELETE FROM vault_keys; DELETE FROM vault_begins; DELETE FROM told_chats; DELETE FROM pieces; DELETE FROM comebacks; DELETE FROM rights;
    DELETE FROM handovers; DELETE FROM handover_parts; DELETE FROM arrivals; DELETE FROM handed_parts;
    DELETE FROM moment_self; DELETE FROM moment_own_logs; DELETE FROM moment_friends; DELETE FROM moment_logs;
    DELETE FROM moment_ways;
    DELETE FROM moment_gaps; DELETE FROM moment_closed; DELETE FROM moment_taken_back; DELETE FROM moment_puts; DELETE FROM moment_holes;
    DELETE FROM moment_places; DELETE FROM moment_starts; DELETE FROM moment_rounds; DELETE FROM moment_rounds_spent;
    DELETE FROM moment_clears; DELETE FROM moment_checks;
    UPDATE conversations SET group_id = NULL, frozen = NULL, own_seq = 0, founding = 0, founding_held = 0,
      founding_without = 0, founding_without_by = NULL;
    UPDATE messages SET state = 'failed' WHERE state <> 'sent';
  `);
  beginVaultAnew(db);
}

/** Everything, but the device list of `next` and the counts of what was refused: that account is going to live here. */
export function forgetEverybody(db: Database, next: AccountId): void {
  forgetDevice(db);
  db.script(`
    DELETE FROM meta; DELETE FROM messages; DELETE FROM conversations; DELETE FROM members;
    DELETE FROM edits; DELETE FROM marks; DELETE FROM quotes; DELETE FROM recalled_words; DELETE FROM favourites;
    DELETE FROM people; DELETE FROM contacts; DELETE FROM chat_marks; DELETE FROM cleared_chats; DELETE FROM nicknames; DELETE FROM own_stickers;
    DELETE FROM programs; DELETE FROM program_values; DELETE FROM program_answers; DELETE FROM program_updates;
    DELETE FROM blobs; DELETE FROM own_blobs; DELETE FROM let_go_blobs; DELETE FROM heard_voice; DELETE FROM resync_answers;
    DELETE FROM joins; DELETE FROM join_requests; DELETE FROM join_askings; DELETE FROM link_tokens; DELETE FROM ended_links;
    DELETE FROM vault_rewrites; DELETE FROM vault_clears; DELETE FROM strayed; DELETE FROM awaited; DELETE FROM unseated; DELETE FROM vault_newer;
    DELETE FROM too_new; DELETE FROM unknown_items;
    DELETE FROM moments; DELETE FROM moment_words; DELETE FROM moment_settings;
    DELETE FROM channel_packs; DELETE FROM channel_packs_before; DELETE FROM channels; DELETE FROM channel_entries;
    DELETE FROM channel_tags;
    DELETE FROM channel_counts; DELETE FROM channel_decisions; DELETE FROM channel_withdrawn; DELETE FROM channel_found;
    DELETE FROM channel_heads; DELETE FROM channel_own; DELETE FROM channel_puts; DELETE FROM channel_follows;
    DELETE FROM channel_likes; DELETE FROM channel_friend_likes; DELETE FROM channel_due; DELETE FROM channel_marks;
    DELETE FROM channel_taste; DELETE FROM channel_topics; DELETE FROM channel_values; DELETE FROM channel_saves;
    DELETE FROM channel_wards; DELETE FROM channel_coauthors; DELETE FROM channel_askings;
    DELETE FROM channel_keys; DELETE FROM channel_domains;
  `);
  db.run("DELETE FROM accounts WHERE account <> ?", next);
  db.run("DELETE FROM account_entries WHERE account <> ?", next);
}

export function countDiagnostic(db: Database, what: string): void {
  db.run(
    "INSERT INTO diagnostics (what, count) VALUES (?, 1) ON CONFLICT (what) DO UPDATE SET count = count + 1",
    what,
  );
}

export function diagnosticCount(db: Database, what: string): number {
  return db.get<{ count: number }>("SELECT count FROM diagnostics WHERE what = ?", what)?.count ?? 0;
}
