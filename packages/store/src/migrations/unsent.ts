/**
 * 6 unsent: what was not sent is found without reading the timeline (docs/spec/sync.md SY16, SY30).
 * Size: one entry for each own message that was not sent. Going back is safe: an index holds nothing of its own.
 */
export const unsent = `
  CREATE INDEX messages_unsent ON messages (conversation) WHERE state = 'failed';
`;
