/** Contact notes (docs/spec/sync.md SY22): private notes on a contact, synced to own devices only. */
import { fieldLimits, noteLimits } from "@yanshu/content";
import { writeContact } from "@yanshu/store";
import { ClientError, type ContactNotes, clientFeature, contactOf, type Hex } from "../feature.ts";

type ContactNotesApi = {
  /**
   * Absent fields stay. Rejects with `too-long`: a remark has 64 characters, a phone 64, a description 500, a tag 32.
   */
  readonly setContactNotes: (account: Hex, notes: Partial<ContactNotes>) => Promise<void>;
  readonly setRemark: (account: Hex, remark: string) => Promise<void>;
};

function changeOf(notes: Partial<ContactNotes>): Parameters<typeof writeContact>[2] {
  const { remark, phone, description, tags, isStarred } = notes;
  return {
    ...(remark === undefined ? {} : { remark: checked(remark, fieldLimits.nameMax) }),
    ...(phone === undefined ? {} : { phone: checked(phone, noteLimits.phoneMax) }),
    ...(description === undefined ? {} : { description: checked(description, noteLimits.descriptionMax) }),
    ...(tags === undefined ? {} : { tags: JSON.stringify(checkedTags(tags)) }),
    ...(isStarred === undefined ? {} : { is_starred: isStarred ? 1 : 0 }),
  };
}

function checked(text: string, max: number): string {
  const trimmed = text.trim().toWellFormed();
  if (trimmed.length > max) throw new ClientError("too-long");
  return trimmed;
}

/** Each once, none empty, in the order given. */
function checkedTags(tags: readonly string[]): readonly string[] {
  const kept = [...new Set(tags.map((tag) => checked(tag, noteLimits.tagMax)))].filter((tag) => tag !== "");
  if (kept.length > noteLimits.tagsMax) throw new ClientError("too-long");
  return kept;
}

export const contactNotes = clientFeature({
  api: ({ db, nowMs, changed, changedIn, directs }): ContactNotesApi => {
    async function setContactNotes(hex: Hex, notes: Partial<ContactNotes>): Promise<void> {
      const account = contactOf(db, hex);
      const change = changeOf(notes);
      db.transaction(() => {
        writeContact(db, account, change, nowMs());
        directs.tell(account);
      });
      changed("people", "contacts", "chats");
      changedIn(directs.with(account));
    }
    return { setContactNotes, setRemark: (account, remark) => setContactNotes(account, { remark }) };
  },
});
