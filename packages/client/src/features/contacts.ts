/**
 * Contacts (docs/spec/identity.md ID11, docs/spec/sync.md SY24): deleted, blocked and unblocked. Verification belongs
 * to the core.
 */
import { dropWork, readConversation, setConversationState, writeContact } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import { ClientError, clientFeature, contactOf, type Hex } from "../feature.ts";

/** Each rejects with `unknown-contact`. */
type ContactsApi = {
  readonly block: (account: Hex) => Promise<void>;
  readonly unblock: (account: Hex) => Promise<void>;
  /** The direct conversation with a contact. */
  readonly openDirect: (account: Hex) => Promise<Hex>;
  /**
   * Deletes the contact and the chat with its messages from all own devices. The contact is not told; their next
   * message is a new request.
   */
  readonly deleteContact: (account: Hex) => Promise<void>;
};

export const contacts = clientFeature({
  api: ({ db, nowMs, changed, changedIn, sendSoon, clearEverywhere, directs, say }): ContactsApi => ({
    async block(hex) {
      const account = contactOf(db, hex);
      const conversation = directs.with(account);
      db.transaction(() => {
        writeContact(db, account, { state: "blocked" }, nowMs());
        directs.shut(conversation, "blocked");
        directs.tell(account);
      });
      changed("contacts", "chats", "status");
      changedIn(conversation);
    },

    async unblock(hex) {
      const account = contactOf(db, hex);
      const conversation = directs.with(account);
      db.transaction(() => {
        writeContact(db, account, { state: "contact" }, nowMs());
        directs.beginAnew(account);
        directs.tell(account);
      });
      changed("contacts", "chats");
      changedIn(conversation);
      sendSoon(conversation);
    },

    async openDirect(hex) {
      const conversation = directs.with(contactOf(db, hex));
      if (readConversation(db, conversation) === undefined) throw new ClientError("unknown-conversation");
      return toHex(conversation);
    },

    /** Their app shows nothing until they write; then it says that they must ask again. */
    async deleteContact(hex) {
      const account = contactOf(db, hex);
      const conversation = directs.with(account);
      const row = readConversation(db, conversation);
      const before = () => {
        writeContact(db, account, { state: "deleted" }, nowMs());
        if (row === undefined) return;
        clearEverywhere(conversation);
        dropWork(db, conversation);
        setConversationState(db, conversation, row.group_id === null ? "declined" : "left");
      };
      const after = () => directs.tell(account);
      // The `leave` is sent from a chat that is left already; after it, the addresses are retired.
      if (row !== undefined && row.group_id !== null) say(conversation, { kind: "leave" }, { before, after });
      else
        db.transaction(() => {
          before();
          after();
        });
      changed("contacts", "chats", "status");
      changedIn(conversation);
      sendSoon(conversation);
    },
  }),
});
