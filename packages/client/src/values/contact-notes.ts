/** Notes of a contact, between the store's row and what own devices tell each other (docs/spec/sync.md SY22). */
import type { SyncItem, Via } from "@yanshu/content";
import type { ContactRecord } from "@yanshu/store";
import { fromHex, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";

/** As `contacts.source` holds it. */
export type StoredSource =
  | { readonly kind: "link" | "scan" | "name" }
  | { readonly kind: "group"; readonly conversation: Hex }
  | { readonly kind: "card"; readonly by: Hex };

type ContactItem = Extract<SyncItem, { kind: "contact" }>;
type Notes = Pick<ContactItem, "phone" | "description" | "isStarred" | "tags" | "via">;

/** What is empty is left out. */
export function notesOf(contact: ContactRecord): Notes {
  const tags = JSON.parse(contact.tags) as readonly string[];
  return {
    ...(contact.phone === "" ? {} : { phone: contact.phone }),
    ...(contact.description === "" ? {} : { description: contact.description }),
    ...(contact.is_starred === 0 ? {} : { isStarred: true }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(contact.source === "" ? {} : { via: viaOf(JSON.parse(contact.source) as StoredSource) }),
  };
}

export function notesIn(
  item: ContactItem,
): Pick<ContactRecord, "phone" | "description" | "is_starred" | "tags" | "source"> {
  return {
    phone: item.phone ?? "",
    description: item.description ?? "",
    is_starred: item.isStarred === true ? 1 : 0,
    tags: JSON.stringify(item.tags ?? []),
    source: item.via === undefined ? "" : storedSource(item.via),
  };
}

export function storedSource(via: Via): string {
  const source: StoredSource =
    via.kind === "group"
      ? { kind: "group", conversation: toHex(via.conversation) }
      : via.kind === "card"
        ? { kind: "card", by: toHex(via.by) }
        : { kind: via.kind };
  return JSON.stringify(source);
}

function viaOf(source: StoredSource): Via {
  if (source.kind === "group") return { kind: "group", conversation: fromHex(source.conversation) };
  if (source.kind === "card") return { kind: "card", by: fromHex(source.by) };
  return { kind: source.kind };
}
