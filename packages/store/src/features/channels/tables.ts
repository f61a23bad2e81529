/** The tables of Channels 视频号 on a device (docs/spec/channels.md CH41–CH57, feed.md FY). */

/** Going back is safe: earlier versions read none of it, and what is public is fetched again. */
export const channelTables = `
  -- Packs that were read, in their order without a gap.
  CREATE TABLE channel_packs (
    n      INTEGER PRIMARY KEY,
    hash   BLOB    NOT NULL,
    day    INTEGER NOT NULL                -- since 1970, by home's clock
  ) STRICT;

  -- Packs as they were before home was put back: where the new ones leave them is told.
  CREATE TABLE channel_packs_before (
    n    INTEGER PRIMARY KEY,
    hash BLOB    NOT NULL
  ) STRICT;

  -- Channels of which a pack told.
  CREATE TABLE channels (
    id      BLOB    PRIMARY KEY,
    authors BLOB    NOT NULL,              -- keys that may sign the next entry, joined
    seq     INTEGER NOT NULL,              -- how far its log was read
    head    BLOB    NOT NULL,              -- hash of that entry
    name    TEXT    NOT NULL DEFAULT '',
    about   TEXT    NOT NULL DEFAULT '',
    picture BLOB    NOT NULL DEFAULT x'',  -- hash of a film of one picture
    pins    BLOB    NOT NULL DEFAULT x'',  -- hashes of entries, joined
    profile_seq INTEGER NOT NULL DEFAULT -1, -- numbers of the entries that said so
    pins_seq    INTEGER NOT NULL DEFAULT -1
  ) STRICT, WITHOUT ROWID;

  -- Places of packs: with the entry that its author signed, or blank.
  CREATE TABLE channel_entries (
    hash    BLOB    PRIMARY KEY,
    channel BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    kind    TEXT    NOT NULL,              -- '' where it is blank
    pack    INTEGER NOT NULL,
    day     INTEGER NOT NULL,              -- of its pack
    about   BLOB    NOT NULL,              -- of a comment: the film; else empty
    words   TEXT    NOT NULL,              -- what search finds it by
    shown   BLOB    NOT NULL,              -- CBOR of what a screen shows of it
    state   TEXT    NOT NULL CHECK (state IN ('here', 'gone', 'deleted', 'removed', 'unknown')),
    got_ms  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channel_entries_of ON channel_entries (channel, kind, pack DESC);
  CREATE INDEX channel_entries_by_pack ON channel_entries (kind, pack DESC) WHERE state = 'here';
  CREATE INDEX channel_entries_about ON channel_entries (about, pack) WHERE about <> x'';

  -- Hashtags, as they compare.
  CREATE TABLE channel_tags (
    tag   TEXT NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (tag, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channel_tags_of ON channel_tags (entry);

  -- Likes and views as packs told them: the page of a pack is made of what was so then.
  CREATE TABLE channel_counts (
    entry BLOB    NOT NULL,
    pack  INTEGER NOT NULL,
    likes INTEGER NOT NULL,
    views INTEGER NOT NULL,
    PRIMARY KEY (entry, pack)
  ) STRICT, WITHOUT ROWID;

  -- What home did with entries, in the open.
  CREATE TABLE channel_decisions (
    pack   INTEGER NOT NULL,
    place  INTEGER NOT NULL,
    target BLOB    NOT NULL,
    action TEXT    NOT NULL,
    reason TEXT    NOT NULL,
    appeal TEXT    NOT NULL,
    PRIMARY KEY (pack, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channel_decisions_on ON channel_decisions (target, pack DESC);

  -- Who withdrew or hid what, that came before the entry itself, or after it.
  CREATE TABLE channel_withdrawn (
    target  BLOB    NOT NULL,              -- hash of the entry
    channel BLOB    NOT NULL,              -- whose author said so
    what    TEXT    NOT NULL CHECK (what IN ('delete', 'hide')),
    is_on   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,              -- the later word of a channel holds
    pack    INTEGER NOT NULL,
    PRIMARY KEY (target, channel, what)
  ) STRICT, WITHOUT ROWID;

  -- What does not hold of what home shows.
  CREATE TABLE channel_found (
    what    TEXT    NOT NULL,
    pack    INTEGER NOT NULL,
    channel BLOB    NOT NULL,              -- empty: none
    seq     INTEGER NOT NULL,
    account BLOB    NOT NULL,              -- empty: none
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (what, pack, channel, seq, account)
  ) STRICT, WITHOUT ROWID;

  -- The newest pack that each friend told of.
  CREATE TABLE channel_heads (
    account BLOB    PRIMARY KEY,
    n       INTEGER NOT NULL,
    hash    BLOB    NOT NULL,
    ahead   INTEGER NOT NULL DEFAULT 0     -- in so many looks home had not shown it
  ) STRICT, WITHOUT ROWID;

  -- Own channels: their keys. Own devices alone.
  CREATE TABLE channel_own (
    id        BLOB    PRIMARY KEY,
    seed      BLOB    NOT NULL,
    inception BLOB    NOT NULL,
    stamp_ms  INTEGER NOT NULL,
    seq       INTEGER NOT NULL DEFAULT -1, -- the last entry that home took
    head      BLOB    NOT NULL DEFAULT x'' -- its hash
  ) STRICT, WITHOUT ROWID;

  -- What this device says in own channels, in this order, until a pack has it.
  CREATE TABLE channel_puts (
    put     INTEGER PRIMARY KEY AUTOINCREMENT,
    channel BLOB    NOT NULL,
    kind    TEXT    NOT NULL,
    body    BLOB    NOT NULL,
    films   BLOB    NOT NULL,              -- CBOR: their files on this device, and what the entry says of them
    about   BLOB    NOT NULL,              -- of a comment: the film; of 'delete' the entry; else empty
    title   TEXT    NOT NULL,
    state   TEXT    NOT NULL CHECK (state IN ('waiting', 'paused', 'failed', 'said')),
    fault   TEXT    NOT NULL DEFAULT '',
    done    INTEGER NOT NULL DEFAULT 0,    -- bytes that home has
    total   INTEGER NOT NULL DEFAULT 0,
    entry   BLOB    NOT NULL DEFAULT x'',  -- hash, once it was signed
    bytes   BLOB    NOT NULL DEFAULT x'',  -- the signed entry
    seq     INTEGER NOT NULL DEFAULT -1,
    pack    INTEGER NOT NULL DEFAULT -1,   -- the newest pack when home took it
    made_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE channel_follows (
    channel  BLOB    PRIMARY KEY,
    is_on    INTEGER NOT NULL,
    stamp_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE channel_likes (
    entry    BLOB    PRIMARY KEY,
    is_on    INTEGER NOT NULL,
    stamp_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What friends say that they like.
  CREATE TABLE channel_friend_likes (
    entry    BLOB    NOT NULL,
    account  BLOB    NOT NULL,
    is_on    INTEGER NOT NULL,
    stamp_ms INTEGER NOT NULL,
    PRIMARY KEY (account, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channel_friend_likes_on ON channel_friend_likes (entry);

  -- What is to be counted at home by a mark, or told to friends: at a moment of chance, in a bunch.
  CREATE TABLE channel_due (
    what   TEXT    NOT NULL CHECK (what IN ('like', 'view', 'tell')),
    entry  BLOB    NOT NULL,
    is_on  INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    PRIMARY KEY (what, entry)
  ) STRICT, WITHOUT ROWID;

  -- Marks of a month (CH15): one for each bucket.
  CREATE TABLE channel_marks (
    month  INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    input  BLOB    NOT NULL,
    output BLOB    NOT NULL,
    PRIMARY KEY (month, bucket)
  ) STRICT, WITHOUT ROWID;

  -- Taste: on this device alone, until it is forgotten.
  CREATE TABLE channel_taste (
    entry  BLOB    PRIMARY KEY,
    value  REAL    NOT NULL,
    at_ms  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE channel_topics (
    tag   TEXT    PRIMARY KEY,
    level INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Single values: CBOR by name.
  CREATE TABLE channel_values (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Going back is safe: earlier versions read none of it. */
export const lateChannelTables = `
  -- What this person keeps.
  CREATE TABLE channel_saves (
    entry    BLOB    PRIMARY KEY,
    is_on    INTEGER NOT NULL,
    stamp_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Who asked this person to set the limits of their Channels, and what this person set.
  CREATE TABLE channel_wards (
    account  BLOB    PRIMARY KEY,
    asks     INTEGER NOT NULL,
    limits   BLOB    NOT NULL,             -- CBOR; empty: nothing yet
    stamp_ms INTEGER NOT NULL              -- of the asking
  ) STRICT, WITHOUT ROWID;

  -- Homes at which a channel's author says that it is read too, one a line.
  ALTER TABLE channels ADD COLUMN mirrors TEXT NOT NULL DEFAULT '';
`;

/** Going back is safe: an earlier version shows no domain. A profile that was read before has none until the next. */
export const domainChannelTables = `
  -- The domain that its author says the channel is the own one of.
  ALTER TABLE channels ADD COLUMN domain TEXT NOT NULL DEFAULT '';

  -- What domains said that this person asked.
  CREATE TABLE channel_domains (
    channel BLOB    PRIMARY KEY,
    domain  TEXT    NOT NULL,
    is_own  INTEGER NOT NULL,              -- 1: it names the channel
    at_ms   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Going back is safe: an earlier version signs by none of these keys, and asks nobody. */
export const sharedChannelTables = `
  -- Keys that this person answered with, who was asked to be an author: the one that the log names signs.
  CREATE TABLE channel_keys (
    channel   BLOB    NOT NULL,
    author    BLOB    NOT NULL,            -- the public key
    seed      BLOB    NOT NULL,
    inception BLOB    NOT NULL,
    stamp_ms  INTEGER NOT NULL,
    seq       INTEGER NOT NULL DEFAULT -1, -- as of channel_own
    head      BLOB    NOT NULL DEFAULT x'',
    PRIMARY KEY (channel, author)
  ) STRICT, WITHOUT ROWID;

  -- Of 'authors': whether the key in 'about' is one from then on.
  ALTER TABLE channel_puts ADD COLUMN is_on INTEGER NOT NULL DEFAULT 1;

  -- Whom this person asked to be an author of an own channel.
  CREATE TABLE channel_coauthors (
    channel  BLOB    NOT NULL,
    account  BLOB    NOT NULL,
    is_on    INTEGER NOT NULL,
    key      BLOB    NOT NULL,             -- by which they sign; empty: no answer yet
    is_here  INTEGER NOT NULL,             -- this device asked, so it says the entry
    answer   BLOB    NOT NULL DEFAULT x'', -- key and its signature, until they were checked
    stamp_ms INTEGER NOT NULL,
    PRIMARY KEY (channel, account)
  ) STRICT, WITHOUT ROWID;

  -- Who asked this person to be an author of theirs.
  CREATE TABLE channel_askings (
    channel   BLOB    NOT NULL,
    account   BLOB    NOT NULL,
    asks      INTEGER NOT NULL,
    answered  INTEGER NOT NULL DEFAULT 0,  -- this person agreed
    name      TEXT    NOT NULL,            -- of the channel, as they call it
    inception BLOB    NOT NULL,
    stamp_ms  INTEGER NOT NULL,
    PRIMARY KEY (channel, account)
  ) STRICT, WITHOUT ROWID;
`;

/** Going back is safe: an earlier version reads no index by its name. */
export const settledChannelTables = `
  -- Places that nothing explains, by their pack; and what was found, by its day.
  CREATE INDEX channel_entries_gone ON channel_entries (pack) WHERE state = 'gone';
  CREATE INDEX channel_found_at ON channel_found (at_ms);
`;
