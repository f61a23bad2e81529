/**
 * Records and favourites: bodies that were taken out of the conversation in which they were said, with the name of
 * who said them as it was known then (docs/spec/actions.md AC12, AC13).
 */
import { actionLimits, type BodyOf, decodeBody, summaryOf } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import type { FavouriteView, RecordBody, RecordHead, RecordLine } from "../api/actions.ts";
import type { CoreViews } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { contentFrom, idFrom } from "../ids.ts";
import type { ViewContext } from "./context.ts";
import { firstGraphemes } from "./faces.ts";

/** How many lines a card shows of what is in it. */
const beginsMax = 4;
const beginUnitsMax = 60;

export function recordHead({ names, items }: BodyOf<"record">): RecordHead {
  return {
    names,
    count: items.length,
    begins: items.slice(0, beginsMax).map(({ name, body, of }) => {
      if (of !== undefined) return { name, words: "", of };
      const said = decodeBody(body);
      return {
        name,
        words: firstGraphemes(said === undefined ? "" : summaryOf(said), beginUnitsMax).join(""),
        of: said?.kind ?? "newer",
      };
    }),
  };
}

function recordBody(bytes: Bytes): RecordBody {
  const body = decodeBody(bytes);
  if (body?.kind === "text" || body?.kind === "greeting") return { kind: "text", text: body.text };
  if (body?.kind === "record") return { kind: "record", ...recordHead(body) };
  if (body?.kind === "sticker") return body;
  const words = body === undefined ? "" : summaryOf(body);
  return { kind: "other", of: body?.kind ?? "newer", ...(words === "" ? {} : { words }) };
}

const bodySql = "SELECT body FROM messages WHERE conversation = ? AND author = ? AND id = ? AND kind = 'record'";

export function readRecord(
  context: ViewContext,
  conversation: Hex,
  author: Hex,
  id: Hex,
  path: readonly number[],
): CoreViews["record"]["value"] {
  const [chat, by, message] = [idFrom(conversation), idFrom(author), contentFrom(id)];
  if (chat === undefined || by === undefined || message === undefined) return undefined;
  const row = context.database.get<{ body: Bytes }>(bodySql, chat, by, message);
  let record = row === undefined ? undefined : decodeBody(row.body);
  // A hostile record may be deeper than we would make it: no further than that is it opened.
  for (const place of path.slice(0, actionLimits.recordDepthMax - 1)) {
    const inner = record?.kind === "record" ? record.items[place] : undefined;
    record = inner === undefined ? undefined : decodeBody(inner.body);
  }
  if (record?.kind !== "record") return undefined;
  const items = record.items.map(
    ({ name, atMs, body, of }): RecordLine => ({
      name,
      atMs,
      body: of === undefined ? recordBody(body) : { kind: "other", of },
    }),
  );
  return { names: record.names, items };
}

type FavouriteRow = { readonly id: Bytes; readonly name: string; readonly at_ms: number; readonly body: Bytes };

const favouritesSql = "SELECT id, name, at_ms, body FROM favourites WHERE is_on = 1 ORDER BY stamp_ms DESC, id";

export function readFavourites(context: ViewContext): readonly FavouriteView[] {
  return context.database
    .all<FavouriteRow>(favouritesSql)
    .map(({ id, name, at_ms, body }) => ({ id: toHex(id), name, atMs: at_ms, body: recordBody(body) }));
}
