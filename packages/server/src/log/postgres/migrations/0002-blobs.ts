/**
 * 0002 blobs: the index of files, for servers that share a bucket (docs/spec/media.md ME22), as `../../../blobs/bun.ts`
 * has it, and which version each server speaks (docs/spec/delivery.md DS83). Version 1 goes on beside it: it reads none
 * of this, and a server that does not tell its version is of version 1. Size: one row a file and one a part of at most
 * 4 MiB.
 */
export const up = `
  ALTER TABLE server ADD COLUMN seed bytea;                          -- upload tokens' keys are made of it; of all servers
  ALTER TABLE gateways ADD COLUMN version integer NOT NULL DEFAULT 1; -- the newest migration that this server knows

  CREATE TABLE blobs (
    id          text    PRIMARY KEY,
    bytes       bigint  NOT NULL,
    written     bigint  NOT NULL,
    days        integer NOT NULL,
    expires_day integer NOT NULL,
    owner_hash  bytea   NOT NULL
  );
  CREATE INDEX blobs_by_day ON blobs (expires_day);
  CREATE TABLE blob_parts (
    id     text   NOT NULL,
    begins bigint NOT NULL,
    ends   bigint NOT NULL,
    PRIMARY KEY (id, begins)
  );
  CREATE TABLE leaving_blobs (id text PRIMARY KEY);
  CREATE TABLE spent (
    epoch integer NOT NULL,
    input bytea   NOT NULL,
    PRIMARY KEY (epoch, input)
  );
  CREATE TABLE blob_totals (
    id    integer PRIMARY KEY CHECK (id = 1),
    blobs bigint  NOT NULL,
    bytes bigint  NOT NULL
  );
  INSERT INTO blob_totals VALUES (1, 0, 0);
`;
