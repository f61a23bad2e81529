/**
 * 0004 invitations: as `../../sqlite/migrations/0008-invitations.ts` has them (docs/spec/delivery.md DS140–DS142).
 * A server of version 3 goes on beside it: it knows neither codes nor who is suspended, and whom it registers counts as old.
 */
export const up = `
  CREATE TABLE invitations (
    ref     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash    bytea   NOT NULL UNIQUE,
    people  integer,
    taken   integer NOT NULL DEFAULT 0,
    ends_ms bigint,
    ended   integer NOT NULL DEFAULT 0
  );
  ALTER TABLE accounts ADD COLUMN since_day integer;
  ALTER TABLE accounts ADD COLUMN suspended integer NOT NULL DEFAULT 0;
`;
