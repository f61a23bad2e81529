/**
 * 88 waiting: what waits to be sent is found without a look into it, however much it is, and what a program shares goes
 * last (docs/spec/programs.md PR71, PR74). Size: some fifty bytes a row of the outbox. Going back is safe: a version
 * before sends all in the order in which it was said.
 */
export const waiting = `
  ALTER TABLE outbox ADD COLUMN goes_last INTEGER NOT NULL DEFAULT 0; -- 1: what was said later goes before it
  CREATE INDEX outbox_next ON outbox (conversation, goes_last, place);
  CREATE INDEX outbox_numbered ON outbox (conversation, place) WHERE seq IS NOT NULL;
  CREATE INDEX outbox_under_way ON outbox (envelope_hash) WHERE envelope_hash IS NOT NULL;
  CREATE INDEX outbox_shown ON outbox (place) WHERE shown = 1;
  CREATE INDEX outbox_unshown ON outbox (conversation, id) WHERE shown = 0;
`;
