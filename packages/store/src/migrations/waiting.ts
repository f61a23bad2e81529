/**
 * 88 waiting: what waits to be sent is found without a look into it, however much it is (docs/spec/programs.md PR71).
 * Size: some forty bytes a row of the outbox. Going back is safe: a version before finds the same.
 */
export const waiting = `
  CREATE INDEX outbox_numbered ON outbox (conversation, place) WHERE seq IS NOT NULL;
  CREATE INDEX outbox_under_way ON outbox (envelope_hash) WHERE envelope_hash IS NOT NULL;
  CREATE INDEX outbox_shown ON outbox (place) WHERE shown = 1;
  CREATE INDEX outbox_unshown ON outbox (conversation, id) WHERE shown = 0;
`;
