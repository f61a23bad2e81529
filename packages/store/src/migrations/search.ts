/**
 * 0003, second part: the words by which messages are found (docs/spec/search.md).
 * Size: about 60 bytes a message; it goes with the message.
 *
 * Triggers keep it true, no matter what writes `messages`: what was said waits in `unindexed` until somebody has time to
 * fold it, what was changed or erased leaves the index in the same transaction.
 */
export const search = `
  -- Words of a message under its position: folded characters alone and in pairs, and what narrows a search down
  -- (SE2). Nothing but the words is kept, and which of them a message has.
  CREATE VIRTUAL TABLE message_words USING fts5(
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
  );
  CREATE TABLE unindexed (
    position INTEGER PRIMARY KEY           -- messages.position
  ) STRICT;
  -- One row while words of erased messages may still stand in the index's pages (SE4).
  CREATE TABLE unforgotten (
    one INTEGER PRIMARY KEY CHECK (one = 1)
  ) STRICT;

  INSERT INTO unindexed SELECT position FROM messages;
  CREATE TRIGGER messages_said AFTER INSERT ON messages BEGIN
    INSERT INTO unindexed (position) VALUES (new.position);
  END;
  CREATE TRIGGER messages_rewritten AFTER UPDATE OF kind, body ON messages BEGIN
    DELETE FROM message_words WHERE rowid = old.position;
    INSERT INTO unforgotten (one) VALUES (1) ON CONFLICT DO NOTHING;
    INSERT INTO unindexed (position) VALUES (new.position) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER messages_gone AFTER DELETE ON messages BEGIN
    DELETE FROM message_words WHERE rowid = old.position;
    INSERT INTO unforgotten (one) VALUES (1) ON CONFLICT DO NOTHING;
    DELETE FROM unindexed WHERE position = old.position;
  END;
`;
