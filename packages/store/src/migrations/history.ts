/**
 * 20 history: what newcomers are handed of before they came, and what was handed here (docs/spec/groups.md GR32).
 * Size: a small row a part, of some thousand messages, until home has it no more. Going back is safe: what was handed
 * over then shows as if its authors had said it.
 */
export const history = `
  ALTER TABLE messages ADD COLUMN handed_by BLOB;                            -- whose word it is that its author said it; null: heard from them
  ALTER TABLE conversations ADD COLUMN history TEXT NOT NULL DEFAULT 'none'; -- what newcomers see: 'none', 'week', 'all'

  -- Whom this device hands over what was said before.
  CREATE TABLE handovers (
    conversation BLOB    NOT NULL,
    account      BLOB    NOT NULL,
    since_ms     INTEGER NOT NULL,         -- nothing of before then
    below        INTEGER NOT NULL,         -- messages.position: what lies below is still to be handed over
    place        INTEGER NOT NULL,         -- how many were
    done         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, account)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE handover_parts (
    conversation BLOB    NOT NULL,
    account      BLOB    NOT NULL,
    place        INTEGER NOT NULL,         -- of its newest message
    pointer      BLOB    NOT NULL,         -- CBOR: where it lies, and its key
    expires_day  INTEGER NOT NULL,         -- days since 1970
    PRIMARY KEY (conversation, account, place)
  ) STRICT, WITHOUT ROWID;

  -- How this account came into a group whose newcomers are handed something.
  CREATE TABLE arrivals (
    conversation BLOB    PRIMARY KEY,
    inviter      BLOB    NOT NULL,         -- the account that signed the Welcome
    present      BLOB    NOT NULL,         -- who was there, as prefixes of account ids
    since_ms     INTEGER NOT NULL,         -- nothing of before then is taken
    ceiling      INTEGER NOT NULL,         -- messages.position: what is handed over stands below
    anchor       INTEGER                   -- position of the oldest own copy that was met; what is older stands below it
  ) STRICT, WITHOUT ROWID;
  -- Parts that this device was told of.
  CREATE TABLE handed_parts (
    conversation BLOB    NOT NULL,
    by           BLOB    NOT NULL,
    place        INTEGER NOT NULL,
    address      BLOB    NOT NULL,         -- of the leaf that it was sealed to
    sealed       BLOB    NOT NULL,         -- device, epoch's authenticator, envelope (GR35); empty once it was opened
    pointer      BLOB,                     -- CBOR, once it was opened
    done         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, by, place)
  ) STRICT, WITHOUT ROWID;
`;
