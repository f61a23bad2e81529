/** Resync answers: which askings to be let in again were heard (GR22), so that an old one shown again does nothing. */
export const resyncAnswers = `
  CREATE TABLE heal_answers (
    conversation BLOB    NOT NULL,
    device       BLOB    NOT NULL,         -- who asked
    asked_ms     INTEGER NOT NULL,         -- by its own clock: only a later one counts
    refounded_ms INTEGER NOT NULL,         -- when the conversation was last founded anew at its wish, by our clock
    PRIMARY KEY (conversation, device)
  ) STRICT, WITHOUT ROWID;
`;
