/**
 * 47 moved: what speaks of a message by its position follows when the message is moved to make room for one from the
 * vault (docs/spec/vault.md VA43). Size: none. Going back is safe: version 46 moves nothing.
 */
export const moved = `
  CREATE TRIGGER messages_moved AFTER UPDATE OF position ON messages BEGIN
    UPDATE unvaulted SET position = new.position WHERE position = old.position;
    UPDATE vault_places SET position = new.position WHERE position = old.position;
    UPDATE too_new SET position = new.position WHERE position = old.position;
    DELETE FROM message_words WHERE rowid = old.position;
    INSERT INTO unforgotten (one) VALUES (1) ON CONFLICT DO NOTHING;
    DELETE FROM unindexed WHERE position = old.position;
    INSERT INTO unindexed (position) VALUES (new.position);
  END;
`;
