/** Carrying messages elsewhere: forwarded to other chats, one by one or as a record; kept (docs/spec/actions.md AC12, AC13). */
import {
  actionLimits,
  type Body,
  type BodyOf,
  decodeBody,
  encodeBody,
  forwardOf,
  isMedia,
  type RecordItem,
} from "@yanshu/content";
import { type FavouriteRow, type MessageName, readConversation, readFavourite, readPerson } from "@yanshu/store";
import type { Bytes, ConversationId } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { contentId, idOf, nameOf } from "../ids.ts";
import { favouriteItem, takeFavourite } from "../sync/favourites.ts";
import { say } from "../sync/outbox.ts";
import { tellOwnDevices } from "../sync/own-devices.ts";
import { rosterOf } from "../sync/roster.ts";
import { forwardMedia } from "./media/copy.ts";
import { bodyOf, messageOf, writable } from "./message-names.ts";

type Api = Pick<CoreApi, "forward" | "keepFavourites" | "dropFavourite">;

const messagesMax = 100;
const chatsMax = 9;

type Carried = { readonly name: string; readonly atMs: number; readonly body: Body };

export function keepingApi(engine: Engine): Api {
  const { db, ports } = engine;

  /** In the order in which they were said. */
  function carry(conversation: ConversationId, names: readonly MessageName[]): readonly Carried[] {
    if (names.length === 0) throw new ClientError("empty");
    if (names.length > messagesMax) throw new ClientError("too-long");
    return names
      .map((name) => ({ name, row: messageOf(engine, conversation, name) }))
      .sort((a, b) => a.row.position - b.row.position)
      .map(({ name, row }) => ({ name: spokenName(engine, name.author), atMs: row.at_ms, body: plainBody(row.body) }));
  }

  return {
    async forward({ from, messages, to, mode, note }) {
      const source = idOf(from);
      const carried = carry(source, messages.map(nameOf));
      const targets = [...new Set(to)].map((hex) => writable(engine, hex));
      if (targets.length === 0) throw new ClientError("empty");
      if (targets.length > chatsMax) throw new ClientError("too-long");
      if (note.length > actionLimits.textMax) throw new ClientError("too-long");
      const bodies: readonly Body[] =
        mode === "merged" ? [recordOf(engine, source, carried)] : carried.map(({ body }) => body);
      const said = note.trim().toWellFormed();
      const all: readonly Body[] = said === "" ? bodies : [...bodies, { kind: "text", text: said }];
      const shown = targets.map((target) => ({ target, roster: rosterOf(engine, target) }));
      for (const { target, roster } of shown) await sayAll(target, all, roster);
      return targets.length;
    },

    async keepFavourites(hex, messages) {
      const rows = carry(idOf(hex), messages.map(nameOf)).map(({ name, atMs, body }): FavouriteRow => {
        // Files expire at home: a copy of their names would be a promise that nobody keeps.
        if (isMedia(body)) throw new ClientError("not-allowed");
        const bytes = encodeBody(body);
        if (bytes.length > actionLimits.favouriteBytesMax) throw new ClientError("too-long");
        return { id: ports.crypto.random(16), is_on: 1, name, at_ms: atMs, body: bytes, stamp_ms: ports.nowMs() };
      });
      keep(rows);
    },

    async dropFavourite(hex) {
      const row = readFavourite(db, contentId(hex));
      if (row === undefined || row.is_on === 0) throw new ClientError("unknown-message");
      const stamp_ms = Math.max(ports.nowMs(), row.stamp_ms + 1);
      keep([{ id: row.id, is_on: 0, name: "", at_ms: 0, body: new Uint8Array(), stamp_ms }]);
    },
  };

  /** In order. What has files waits for home, which copies them; the rest stands at once. */
  async function sayAll(target: ConversationId, bodies: readonly Body[], roster: Bytes | undefined): Promise<void> {
    for (const body of bodies) {
      if (isMedia(body)) await forwardMedia(engine, body, target, roster);
      else db.transaction(() => say(engine, target, body, undefined, roster));
    }
    engine.kick(target);
  }

  function keep(rows: readonly FavouriteRow[]): void {
    db.transaction(() => {
      for (const item of rows.map(favouriteItem)) {
        takeFavourite(engine, item);
        tellOwnDevices(engine, [item]); // Alone: together they might be too large for a message.
      }
    });
  }
}

/** Without what belongs to its conversation: whom it quotes and names. */
function plainBody(bytes: Uint8Array): Body {
  const body = bodyOf(bytes);
  const carried = body && forwardOf(body);
  if (carried === undefined) throw new ClientError("not-allowed");
  return carried;
}

/** @throws ClientError when it would be too deep or too large. */
function recordOf(engine: Engine, source: ConversationId, carried: readonly Carried[]): BodyOf<"record"> {
  const row = readConversation(engine.db, source);
  const peer = row?.kind === "direct" ? row.peer : null;
  const names = peer === null ? [] : [peer, ownOf(engine).account].map((account) => spokenName(engine, account));
  // Files are named in it and not carried: whoever opens a record must not show the server what belongs together.
  const items = carried.map(
    ({ name, atMs, body }): RecordItem =>
      isMedia(body) ? { name, atMs, body: new Uint8Array(), of: body.kind } : { name, atMs, body: encodeBody(body) },
  );
  if (items.reduce((bytes, { body }) => bytes + body.length, 0) > actionLimits.recordBytesMax)
    throw new ClientError("too-long");
  const record = { kind: "record", names, items } as const;
  if (depthOf(record) > actionLimits.recordDepthMax) throw new ClientError("too-deep");
  return record;
}

function depthOf(record: BodyOf<"record">): number {
  const inner = record.items
    .flatMap(({ body }) => (body.length === 0 ? [] : [decodeBody(body)]))
    .filter((body) => body?.kind === "record");
  return 1 + Math.max(0, ...inner.map(depthOf));
}

/** Their own name, never the reader's remark: that is nobody's business. */
function spokenName(engine: Engine, account: Uint8Array): string {
  return (readPerson(engine.db, account)?.name ?? "").slice(0, actionLimits.nameMax);
}
