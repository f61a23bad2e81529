/** Media of one row of `messages`, as screens see it. */
import type { BlobRef, MediaBody } from "@yanshu/content";
import { isVoiceHeard, readBlob } from "@yanshu/store";
import { type Bytes, toHex } from "@yanshu/wire";
import type { FileView, MediaItemBody } from "../api/media.ts";
import { handleOf } from "../features/media/handles.ts";
import type { ViewContext } from "./context.ts";

export function mediaItem(
  context: ViewContext,
  row: { readonly conversation: Bytes; readonly id: Bytes; readonly mine: boolean },
  body: MediaBody,
): MediaItemBody {
  switch (body.kind) {
    case "photos":
      return {
        kind: "photos",
        caption: body.caption,
        pictures: body.pictures.map(({ blob, original, ...rest }) => ({
          ...rest,
          ...(blob === undefined ? {} : { file: fileOf(context, blob) }),
          ...(original === undefined ? {} : { original: { type: original.type, ...fileOf(context, original.blob) } }),
        })),
      };
    case "voice": {
      const { blob, ...rest } = body;
      const heard = row.mine || isVoiceHeard(context.database, row.conversation, row.id);
      return { ...rest, ...(blob === undefined ? {} : { file: fileOf(context, blob) }), heard };
    }
    case "video": {
      const { blob, ...rest } = body;
      return { ...rest, file: fileOf(context, blob) };
    }
    case "file": {
      const { blob, ...rest } = body;
      return { ...rest, file: fileOf(context, blob) };
    }
  }
}

function fileOf({ sha256, database }: ViewContext, ref: BlobRef): FileView {
  if (sha256 === undefined) return { handle: "", bytes: ref.bytes, expiresDay: ref.expiresDay };
  const handle = handleOf(database, sha256, ref);
  const expiresDay = readBlob(database, handle)?.expires_day ?? ref.expiresDay;
  return { handle: toHex(handle), bytes: ref.bytes, expiresDay };
}
