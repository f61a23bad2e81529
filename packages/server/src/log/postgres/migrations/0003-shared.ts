/**
 * 0003 shared: what servers that share a database must know of each other (docs/spec/delivery.md DS76–DS97). Size: a
 * row in `holds` for each connected device, one in `repeats` for each post of about the last quarter of an hour; rows
 * of `calls` are deleted within a second. A server of version 2 does not use these tables: messages that it accepts
 * wait for devices connected to other servers until these sign in again.
 */
export const up = `
  CREATE TABLE holds (
    device  bigint  NOT NULL,
    gateway integer NOT NULL,               -- whose connection the device has, or had, and which has not let go of it yet
    PRIMARY KEY (device, gateway)
  );
  CREATE INDEX holds_by_gateway ON holds (gateway);
  CREATE TABLE calls (
    gateway integer NOT NULL,               -- who is told
    n       bigint  GENERATED ALWAYS AS IDENTITY,
    device  bigint,
    what    text    NOT NULL CHECK (what IN ('pushes', 'messages', 'waking', 'superseded', 'signed-out', 'family', 'deposit')),
    address bytea,                          -- of a deposit for a rendezvous that is open there
    frame   bytea,
    envelopes bigint[],                     -- of which there are lists for who is told; all of one transaction
    PRIMARY KEY (gateway, n)
  );
  CREATE TABLE rendezvous (
    address bytea   PRIMARY KEY,
    gateway integer NOT NULL                -- at which it is open
  );
  CREATE TABLE repeats (
    hash bytea  PRIMARY KEY,                -- of a post that was taken, its first 16 bytes
    id   bigint NOT NULL                    -- the ids of envelopes at that time: how old it is, without a time
  );
  CREATE INDEX repeats_by_id ON repeats (id);
  CREATE TABLE secrets (
    name  text  PRIMARY KEY,
    bytes bytea NOT NULL
  );
  -- A server that was taken for dead writes nothing more.
  CREATE FUNCTION mark(own integer, done bigint) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE gateways SET commits = done WHERE number = own;
      IF NOT FOUND THEN RAISE EXCEPTION 'taken for dead' USING ERRCODE = 'YA001'; END IF;
    END
  $$;
`;
