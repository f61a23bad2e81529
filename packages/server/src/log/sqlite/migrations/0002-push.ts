/**
 * 0002 push: how a device without a connection is woken (docs/spec/push.md PU2, PU5).
 * Size: one row a device that asked for notifications; it goes with the device, or when its endpoint is dead.
 */
export const up = `
  CREATE TABLE subscriptions (
    device   INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,   -- at a push service that the browser chose
    key      BLOB NOT NULL,   -- the browser's point, to seal to
    secret   BLOB NOT NULL    -- and its secret
  ) STRICT;

  -- 1: a letter to this address wakes its device. Its owner says which; strangers reach only the others.
  ALTER TABLE addresses ADD COLUMN wakes INTEGER NOT NULL DEFAULT 0;
`;
