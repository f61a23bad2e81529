/** Deletion of messages from this device alone (docs/spec/keeping.md KP4). */
import { ClientError, clientFeature, type Hex, idOf, type MessageRef, nameOf } from "../feature.ts";

const deletedMax = 100;

type DeletionApi = {
  /** From this device only; others keep theirs. At most 100. Rejects with `unknown-message`, `too-long`. */
  readonly deleteMessages: (conversation: Hex, messages: readonly MessageRef[]) => Promise<void>;
};

export const deletion = clientFeature({
  api: ({ db, message, erase, changed, changedIn }): DeletionApi => ({
    async deleteMessages(hex, messages) {
      const conversation = idOf(hex);
      if (messages.length > deletedMax) throw new ClientError("too-long");
      const names = messages.map(nameOf);
      for (const name of names) message(conversation, name);
      db.transaction(() => {
        for (const name of names) erase(conversation, name, "deleted");
      });
      changedIn(conversation);
      changed("chats", "status");
    },
  }),
});
