/**
 * Schema: everything a device keeps (docs/spec/store.md). Blobs are ids or CBOR; a column says which.
 * Times are milliseconds by this device's clock unless named `sent`, which is the author's.
 */
import {
  answeredProgramTables,
  callTables,
  channelTables,
  domainChannelTables,
  farMomentTables,
  foundMomentTables,
  helperTables,
  importTables,
  lateChannelTables,
  lateLiveTables,
  liveTables,
  momentTables,
  placedMomentTables,
  placedProgramTables,
  pressTables,
  programTables,
  pushTables,
  restingMomentTables,
  roundMomentTables,
  searchTables,
  serviceTables,
  settledChannelTables,
  sharedChannelTables,
  sharedProgramTables,
  spentMomentTables,
  startedMomentTables,
  stickerTables,
  toldMomentTables,
} from "./features/index.ts";
import type { Migration } from "./migrate.ts";
import { actions } from "./migrations/actions.ts";
import { aside } from "./migrations/aside.ts";
import { awaited } from "./migrations/awaited.ts";
import { behind } from "./migrations/behind.ts";
import { cards, kinds } from "./migrations/cards.ts";
import { cleared } from "./migrations/cleared.ts";
import { confirmed } from "./migrations/confirmed.ts";
import { deeds } from "./migrations/deeds.ts";
import { goneOn } from "./migrations/gone-on.ts";
import { goneOnBy } from "./migrations/gone-on-by.ts";
import { groups } from "./migrations/groups.ts";
import { heardBefore } from "./migrations/heard-before.ts";
import { history } from "./migrations/history.ts";
import { jobs } from "./migrations/jobs.ts";
import { joining } from "./migrations/joining.ts";
import { kept } from "./migrations/kept.ts";
import { leftOut } from "./migrations/left-out.ts";
import { lists } from "./migrations/lists.ts";
import { media } from "./migrations/media.ts";
import { moved } from "./migrations/moved.ts";
import { newerWelcomes } from "./migrations/newer-welcomes.ts";
import { numbers } from "./migrations/numbers.ts";
import { plainNames, resendNames } from "./migrations/plain-names.ts";
import { recovery } from "./migrations/recovery.ts";
import { renewals, renewers } from "./migrations/renewals.ts";
import { resyncAnswers } from "./migrations/resync-answers.ts";
import { resynced } from "./migrations/resynced.ts";
import { toldChats } from "./migrations/told-chats.ts";
import { toldFoundings } from "./migrations/told-foundings.ts";
import { tooNew } from "./migrations/too-new.ts";
import { unseated } from "./migrations/unseated.ts";
import { unsent } from "./migrations/unsent.ts";
import { vault } from "./migrations/vault.ts";
import { vaultSigners } from "./migrations/vault-signers.ts";
import { verified } from "./migrations/verified.ts";
import { voices } from "./migrations/voices.ts";
import { waiting } from "./migrations/waiting.ts";
import { wholeSchema } from "./whole-schema.ts";

const first = `
  -- Single values: own account, device key, master key while it is here, sign-in pair, settings.
  CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Device lists (ID4): one row an accepted entry. They only grow.
  CREATE TABLE accounts (
    account   BLOB PRIMARY KEY,
    inception BLOB NOT NULL,
    frozen_at INTEGER                      -- n of the two entries that contradict each other
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE account_entries (
    account BLOB    NOT NULL,
    n       INTEGER NOT NULL,
    bytes   BLOB    NOT NULL,
    current INTEGER NOT NULL,              -- 1: counts; 0: another took its place, which makes its devices stale, not unknown; 2: stands against the list while it is frozen
    PRIMARY KEY (account, n, bytes)
  ) STRICT, WITHOUT ROWID;

  -- Names and faces of everybody met; what they say of themselves outranks an introduction.
  CREATE TABLE people (
    account     BLOB PRIMARY KEY,
    name        TEXT    NOT NULL,
    avatar      BLOB,
    own_word    INTEGER NOT NULL,          -- 1: from their own profile
    stamp_ms    INTEGER NOT NULL           -- the newest profile counts
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE contacts (
    account  BLOB PRIMARY KEY,
    state    TEXT    NOT NULL CHECK (state IN ('contact', 'requested', 'incoming', 'blocked', 'deleted')),
    remark   TEXT    NOT NULL DEFAULT '',
    trust    TEXT    NOT NULL DEFAULT 'none' CHECK (trust IN ('scanned', 'introduced', 'none')),
    stamp_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE conversations (
    conversation BLOB PRIMARY KEY,
    kind         TEXT    NOT NULL,         -- its name in the table of kinds: 'direct', 'own', 'group', or a later one
    peer         BLOB,                     -- the other account of a direct conversation
    state        TEXT    NOT NULL CHECK (state IN ('forming', 'open', 'request-in', 'request-out', 'removed', 'left', 'blocked', 'declined', 'newer-version')),
    frozen       TEXT,                     -- why nothing is sent or adopted here, until its resync is done
    group_id     BLOB,                     -- the MLS group that is written to
    founding     INTEGER NOT NULL DEFAULT 0,
    title        TEXT    NOT NULL DEFAULT '', -- a group's name, as last known
    avatar       BLOB,                     -- a group's picture
    admins_add   INTEGER NOT NULL DEFAULT 0, -- 1: only owner and admins add and remove
    admins_edit  INTEGER NOT NULL DEFAULT 0, -- 1: only owner and admins rename
    own_seq      INTEGER NOT NULL DEFAULT 0,  -- highest seq that this device has used
    told_profile INTEGER NOT NULL DEFAULT 0,  -- stamp of the profile last told here
    read_order   INTEGER NOT NULL DEFAULT 0,  -- messages.position up to which it was read
    draft        TEXT    NOT NULL DEFAULT '',
    active_ms    INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  -- One row an MLS group. 'superseded' is readable until drained, never writable (GR17).
  CREATE TABLE groups (
    group_id     BLOB PRIMARY KEY,
    conversation BLOB    NOT NULL,
    founding     INTEGER NOT NULL,
    gate         BLOB    NOT NULL,
    epoch        INTEGER NOT NULL,
    base         BLOB    NOT NULL,
    status       TEXT    NOT NULL CHECK (status IN ('active', 'superseded', 'lost')),
    address      BLOB    NOT NULL,         -- this device's own, in its leaf
    fresh        INTEGER NOT NULL          -- 0: joined by a last-resort package, a new address is due (DS4)
  ) STRICT;
  CREATE INDEX groups_by_gate ON groups (gate);
  CREATE INDEX groups_by_conversation ON groups (conversation);

  -- Who is in a conversation, as its newest epoch says: what the screens read.
  CREATE TABLE members (
    conversation BLOB    NOT NULL,
    account      BLOB    NOT NULL,
    role         TEXT    NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    place        INTEGER NOT NULL,         -- order of joining
    PRIMARY KEY (conversation, account)
  ) STRICT, WITHOUT ROWID;

  -- The secret-tree node of each leaf, overwritten in place: nothing consumed stays (GR6).
  CREATE TABLE ratchets (
    group_id BLOB    NOT NULL,
    leaf     INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    PRIMARY KEY (group_id, leaf)
  ) STRICT;

  -- Which group and epoch an envelope belongs to.
  CREATE TABLE tags (
    tag      BLOB PRIMARY KEY,
    group_id BLOB    NOT NULL,
    epoch    INTEGER NOT NULL,
    key      BLOB    NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- A commit that was made and whose acceptance is not known: the same bytes are posted until it is (GR15).
  CREATE TABLE pending_commits (
    group_id      BLOB PRIMARY KEY,
    conversation  BLOB    NOT NULL,
    creates       INTEGER NOT NULL,        -- 1: the creating post of the group
    header        BLOB    NOT NULL,        -- encoded post header
    parts         BLOB    NOT NULL,
    post_hash     BLOB    NOT NULL,
    envelope_hash BLOB    NOT NULL,        -- recognises our own echo
    next_base     BLOB    NOT NULL,
    next_ratchets BLOB    NOT NULL,        -- CBOR [[leaf, bytes]]
    address       BLOB    NOT NULL,        -- this device's in the next epoch
    jobs          BLOB    NOT NULL,        -- CBOR: ids of the jobs it fulfils
    lines         BLOB    NOT NULL         -- JSON: system lines to show once it is accepted
  ) STRICT;

  -- What shall become of a conversation's group; kept until a commit did it, anybody's.
  CREATE TABLE jobs (
    job          INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation BLOB    NOT NULL,
    kind         TEXT    NOT NULL,
    args         BLOB    NOT NULL,         -- CBOR by kind
    due_ms       INTEGER NOT NULL DEFAULT 0,
    tries        INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX jobs_by_conversation ON jobs (conversation, job);

  -- Key packages made here. The secret goes when a Welcome used it.
  CREATE TABLE key_packages (
    address     BLOB PRIMARY KEY,
    bytes       BLOB    NOT NULL,
    secret      BLOB    NOT NULL,
    ref         BLOB    NOT NULL,
    expires_ms  INTEGER NOT NULL,
    last_resort INTEGER NOT NULL,
    published   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Addresses of this device, each with the key that opens what is sealed to it.
  CREATE TABLE addresses (
    address      BLOB PRIMARY KEY,
    seal_private BLOB    NOT NULL,
    conversation BLOB,
    claim_cap    BLOB    NOT NULL,
    registered   INTEGER NOT NULL DEFAULT 0,
    retire_ms    INTEGER                   -- when it is deleted at the server
  ) STRICT, WITHOUT ROWID;

  -- Welcome notes and Welcomes that wait for one another (DS9), and envelopes that nothing opens yet.
  CREATE TABLE welcome_notes (
    tag         BLOB PRIMARY KEY,
    key         BLOB    NOT NULL,
    address     BLOB    NOT NULL,
    received_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE waiting (
    waiting     INTEGER PRIMARY KEY AUTOINCREMENT,
    tag         BLOB    NOT NULL,
    gate        BLOB,
    epoch       INTEGER NOT NULL,
    envelope    BLOB    NOT NULL,
    received_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX waiting_by_tag ON waiting (tag);

  -- The timeline. 'state' is that of own items; others' are 'sent'.
  CREATE TABLE messages (
    position     INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation BLOB    NOT NULL,
    author       BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    at_ms        INTEGER NOT NULL,
    kind         TEXT    NOT NULL,         -- body kind, or 'system'
    body         BLOB    NOT NULL,         -- encoded body, or JSON of a system line
    state        TEXT    NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'waiting-tap')),
    UNIQUE (conversation, author, id)
  ) STRICT;
  CREATE INDEX messages_by_conversation ON messages (conversation, position, kind, author); -- covers the unread count

  -- What was said and not yet accepted (SY1). Encrypted when sent; 'parts' holds the exact bytes in flight.
  CREATE TABLE outbox (
    place         INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation  BLOB    NOT NULL,
    id            BLOB    NOT NULL UNIQUE,
    body          BLOB    NOT NULL,
    shown         INTEGER NOT NULL,        -- 1: a row of messages shows it
    roster        BLOB,                    -- hash of the accounts when it was written; null: all who are there
    created_ms    INTEGER NOT NULL,
    seq           INTEGER,                 -- given when first encrypted
    group_id      BLOB,
    epoch         INTEGER,
    parts         BLOB,
    envelope_hash BLOB,
    held          TEXT                     -- 'waiting-tap' or the error code that stopped it
  ) STRICT;
  CREATE INDEX outbox_by_conversation ON outbox (conversation, place);

  -- This device's accepted messages by seq, to answer who asks again.
  CREATE TABLE sent (
    conversation BLOB    NOT NULL,
    seq          INTEGER NOT NULL,
    message      BLOB    NOT NULL,
    roster       BLOB    NOT NULL,         -- who was there, as prefixes of account ids: nobody else is answered
    PRIMARY KEY (conversation, seq)
  ) STRICT;

  -- How far each device's seq was received here (SY5), and what is missing below it.
  CREATE TABLE heard (
    conversation BLOB    NOT NULL,
    device       BLOB    NOT NULL,
    account      BLOB    NOT NULL,
    highest      INTEGER NOT NULL,
    heard_order  INTEGER NOT NULL,         -- the latest senders are told in 'seen'; 0: only reported by others
    PRIMARY KEY (conversation, device)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE gaps (
    conversation BLOB    NOT NULL,
    device       BLOB    NOT NULL,
    seq          INTEGER NOT NULL,
    account      BLOB    NOT NULL,
    noticed_ms   INTEGER NOT NULL,
    asked        INTEGER NOT NULL DEFAULT 0,
    gone         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, device, seq)
  ) STRICT, WITHOUT ROWID;

  -- Counts only, for the diagnostics page: resyncs, refusals, gaps by kind.
  CREATE TABLE diagnostics (
    what  TEXT PRIMARY KEY,
    count INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export const migrations: readonly Migration[] = [
  { version: 1, up: first },
  { version: 2, up: actions },
  { version: 3, up: lists + searchTables },
  { version: 4, up: media },
  { version: 5, up: pushTables },
  { version: 6, up: unsent + verified },
  { version: 7, up: resyncAnswers },
  { version: 8, up: renewals },
  { version: 9, up: jobs },
  { version: 10, up: cards },
  { version: 11, up: stickerTables },
  { version: 12, up: groups },
  { version: 13, up: kinds },
  { version: 14, up: joining },
  { version: 15, up: renewers },
  { version: 16, up: confirmed },
  { version: 17, up: kept },
  { version: 18, up: vault },
  { version: 19, up: recovery },
  { version: 20, up: history },
  { version: 21, up: heardBefore },
  { version: 22, up: importTables },
  { version: 23, up: helperTables },
  { version: 24, up: voices },
  { version: 25, up: numbers },
  { version: 26, up: deeds },
  { version: 30, up: vaultSigners },
  { version: 31, up: toldChats },
  { version: 32, up: tooNew },
  { version: 33, up: newerWelcomes },
  { version: 34, up: callTables },
  { version: 35, up: liveTables },
  { version: 36, up: momentTables },
  { version: 37, up: lateLiveTables },
  { version: 38, up: toldMomentTables },
  { version: 39, up: plainNames },
  { version: 40, up: resendNames },
  { version: 41, up: farMomentTables },
  { version: 42, up: placedMomentTables },
  { version: 44, up: channelTables },
  { version: 45, up: lateChannelTables },
  { version: 46, up: resynced },
  { version: 47, up: moved },
  { version: 48, up: programTables },
  { version: 49, up: foundMomentTables },
  { version: 50, up: sharedProgramTables },
  { version: 51, up: placedProgramTables },
  { version: 52, up: roundMomentTables },
  { version: 54, up: sharedChannelTables },
  { version: 56, up: serviceTables },
  { version: 59, up: answeredProgramTables },
  { version: 60, up: restingMomentTables },
  { version: 62, up: pressTables },
  { version: 64, up: leftOut },
  { version: 66, up: awaited },
  { version: 67, up: aside },
  { version: 68, up: startedMomentTables },
  { version: 71, up: domainChannelTables },
  { version: 75, up: behind },
  { version: 80, up: toldFoundings },
  { version: 81, up: cleared },
  { version: 88, up: waiting },
  { version: 89, up: unseated },
  { version: 90, up: goneOn },
  { version: 91, up: goneOnBy },
  { version: 94, up: spentMomentTables },
  { version: 95, up: settledChannelTables, whole: wholeSchema },
];
