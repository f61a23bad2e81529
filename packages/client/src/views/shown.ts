/**
 * Shown: which conversations the chat list holds, and which rows of `messages` a person sees or
 * counts as unread (docs/spec/sync.md SY13–SY15). SQL fragments, so that every view means the same.
 */

/** Of messages that are kept, others (profiles, requests to send again) are never seen. */
export type ShownKind = "text" | "greeting" | "newer" | "system";
export const shownKinds = "('text', 'greeting', 'newer', 'system')";

/** What somebody said: a system line makes nothing unread. */
export const countedKinds = "('text', 'greeting', 'newer')";

/** Over `conversations AS c`. A chat that was left stays while there is something to read in it. */
export const listedChats = `
  c.kind IN ('direct', 'group') AND (
    c.state IN ('forming', 'open', 'request-out', 'removed', 'newer-version')
    OR (c.state = 'left' AND EXISTS (
      SELECT 1 FROM messages AS any_row WHERE any_row.conversation = c.conversation AND any_row.kind IN ${shownKinds}
    ))
  )`;
