/**
 * 0001 first: as SQLite's (`../../sqlite/migrations`), which explains each column. Here only differences are explained.
 *
 * A gate and its envelopes have one `shard`, the first four bytes of the gate's id; queue rows are keyed by device. So
 * Citus or YugabyteDB can distribute `gates`, `envelopes` and `pending` by shard, and `queue` by device. Keys begin
 * with a column that rises, so that new rows are stored together. Size: one row in `pending` for each undelivered
 * envelope, where SQLite has up to two rows.
 */
export const up = `
  CREATE TABLE server (
    id          integer PRIMARY KEY CHECK (id = 1),
    incarnation bytea   NOT NULL
  );
  -- Blocks of envelope ids. Nobody waits for one: a transaction takes its own once it holds its gates, so ids rise within each gate (DS76).
  CREATE SEQUENCE id_blocks;
  CREATE TABLE gateways (
    number  integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, -- a server process; while it lives it holds a lock of this number
    commits bigint  NOT NULL DEFAULT 0                        -- its last transaction: tells it whether one that was cut off happened
  );

  CREATE TABLE accounts (
    ref       bigint  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id        bytea   NOT NULL UNIQUE,
    inception bytea   NOT NULL,
    root      bytea,
    next_root bytea,
    since_day integer,
    suspended integer NOT NULL DEFAULT 0
  );
  CREATE INDEX accounts_by_root ON accounts (root);
  CREATE TABLE entries (
    account bigint  NOT NULL,
    n       integer NOT NULL,
    bytes   bytea   NOT NULL,
    PRIMARY KEY (account, n)
  );
  CREATE TABLE devices (
    ref     bigint  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    account bigint  NOT NULL,
    id      bytea   NOT NULL,
    key     bytea   NOT NULL,
    held    bytea,
    last    bytea,
    expired integer NOT NULL DEFAULT 0,
    UNIQUE (account, id)
  );
  CREATE TABLE addresses (
    address bytea   PRIMARY KEY,
    device  bigint  NOT NULL,
    wakes   integer NOT NULL DEFAULT 0
  );
  CREATE INDEX addresses_by_device ON addresses (device);
  CREATE TABLE packages (
    ref         bigint  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    device      bigint  NOT NULL,
    last_resort integer NOT NULL,
    expires_day integer NOT NULL,
    body        bytea   NOT NULL
  );
  CREATE INDEX packages_by_device ON packages (device, last_resort, ref);
  CREATE TABLE capabilities (
    hash   bytea   PRIMARY KEY,
    device bigint  NOT NULL,
    day    integer NOT NULL DEFAULT 0,
    draws  integer NOT NULL DEFAULT 0
  );
  CREATE INDEX capabilities_by_device ON capabilities (device);
  CREATE TABLE gates (
    id         bytea   NOT NULL,
    shard      integer NOT NULL,
    epoch      bigint  NOT NULL,
    post_key   bytea   NOT NULL,
    token_hash bytea   NOT NULL,
    last_hash  bytea   NOT NULL,
    used_day   integer NOT NULL,
    PRIMARY KEY (id, shard)
  );
  CREATE TABLE envelopes (
    id    bigint  NOT NULL,
    shard integer NOT NULL,                 -- of its gate; of a deposit's, that of its address
    frame bytea   NOT NULL,
    PRIMARY KEY (id, shard)
  );
  ALTER TABLE envelopes ALTER COLUMN frame SET STORAGE EXTERNAL; -- Sealed: there is nothing to compress.
  CREATE TABLE pending (
    envelope bigint  NOT NULL,
    shard    integer NOT NULL,
    count    integer NOT NULL,              -- of its rows in queue, of its lists, and one more while devices are packed here
    gateway  integer,                       -- who took it, and whose connections the packed devices have
    devices  bytea,                         -- of connected recipients, four bytes each; none: there are no more
    PRIMARY KEY (envelope, shard)
  );
  CREATE INDEX pending_packed ON pending (gateway) WHERE gateway IS NOT NULL;
  CREATE INDEX pending_done ON pending (envelope) WHERE count <= 0;
  CREATE TABLE lists (
    gateway  integer NOT NULL,              -- whose connections the devices have: another than who took it
    envelope bigint  NOT NULL,
    shard    integer NOT NULL,
    devices  bytea   NOT NULL,              -- four bytes each
    waking   integer NOT NULL,              -- so many of the first are woken by it if they are gone
    PRIMARY KEY (gateway, envelope)
  );
  CREATE TABLE queue (
    device   bigint  NOT NULL,
    envelope bigint  NOT NULL,
    shard    integer NOT NULL,              -- of the envelope
    bytes    integer NOT NULL,              -- of its frame
    PRIMARY KEY (device, envelope)
  );
  CREATE TABLE days (day integer PRIMARY KEY, first_id bigint NOT NULL);

  -- As SQLite has it, for what is told of an account (docs/spec/delivery.md DS70).
  CREATE VIEW packed AS SELECT envelope, string_agg(devices, '') AS devices FROM (
    SELECT envelope, devices FROM pending WHERE devices IS NOT NULL UNION ALL SELECT envelope, devices FROM lists
  ) AS every GROUP BY envelope;
  CREATE FUNCTION bytes_in(bytea) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT octet_length($1)::bigint';
  CREATE FUNCTION bytes_in(text) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT octet_length($1)::bigint';
  CREATE FUNCTION bytes_in(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT octet_length($1::text)::bigint';
`;
