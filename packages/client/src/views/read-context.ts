/** The input of a feature's view (feature.ts). */
import type { BlobRef } from "@yanshu/content";
import { readBlob, readMarks } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import type { FileView } from "../api/media.ts";
import type { PeopleReader, ReadContext, ShowContext, ShownRow } from "../feature.ts";
import { handleOf } from "../files/blob-refs.ts";
import { readContacts } from "./contacts.ts";
import type { ViewContext } from "./context.ts";
import { headsOf } from "./heads.ts";
import { peopleIn, peopleOf } from "./people.ts";
import { sourceOf } from "./source.ts";

export function readContext(context: ViewContext): ReadContext {
  const { database, own, nowMs, transfer, sha256 } = context;
  // One reader for all of one read: who is in twenty chats is read once.
  const people = peopleOf(context);
  return {
    database,
    own,
    nowMs,
    sha256,
    transfer,
    peopleIn: (conversation) => (conversation === undefined ? people : peopleIn(context, people, conversation)),
    fileOf: (ref) => fileOf(context, ref),
    heads: (conversations) => headsOf(context, people, conversations),
    conversations: context.conversations,
    hasOwnRecall: (kind) => context.features.hasOwnRecall.has(kind),
    sourceOf: (stored) => sourceOf(context, people, stored),
    contacts: () => readContacts(context),
    shown: (row, body, named) => context.features.shows.get(body.kind)?.(showContext(context, named, row), body),
  };
}

export function showContext(context: ViewContext, people: PeopleReader, row: ShownRow): ShowContext {
  return {
    ...readContext(context),
    row,
    people,
    marks: (kind) => readMarks(context.database, row.conversation, row.author, row.id, kind),
  };
}

function fileOf({ sha256, database }: ViewContext, ref: BlobRef): FileView {
  if (sha256 === undefined) return { handle: "", bytes: ref.bytes, expiresDay: ref.expiresDay };
  const handle = handleOf(database, sha256, ref);
  const expiresDay = readBlob(database, handle)?.expires_day ?? ref.expiresDay;
  return { handle: toHex(handle), bytes: ref.bytes, expiresDay };
}
