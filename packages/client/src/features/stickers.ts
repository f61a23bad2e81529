/** Stickers: sent, kept, put in order, let go (docs/spec/media.md ME15–ME18). */
import { type BodyOf, decodeBody, encodeBody, stickerLimits, stickerOf, stickerTypes } from "@yanshu/content";
import { type OwnStickerRow, readOwnSticker, readOwnStickers } from "@yanshu/store";
import { type Bytes, type ContentId, concat, idBytes, MalformedError, toHex, utf8 } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { PackedStickerRef, StickersApi, StickerToKeep } from "../api/stickers.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { contentId, idOf } from "../ids.ts";
import { tellOwnDevices } from "../sync/own-devices.ts";
import { stickerItem, takeSticker } from "../sync/stickers.ts";
import { sendWithFiles } from "./media/sending.ts";

type Body = BodyOf<"sticker">;

export function stickersApi(engine: Engine): StickersApi {
  const { db, ports } = engine;

  function kept(hex: Hex): OwnStickerRow {
    const row = readOwnSticker(db, contentId(hex));
    if (row === undefined || row.is_on === 0 || row.body.length === 0) throw new ClientError("unknown-message");
    return row;
  }

  /** Written here and told to the other own devices: with its picture where that is new to them. */
  function write(rows: readonly OwnStickerRow[], isPlaceOnly = false): void {
    const items = rows.map((row) => stickerItem(row, isPlaceOnly));
    db.transaction(() => {
      for (const item of items) takeSticker(engine, item);
      tellOwnDevices(engine, items);
    });
  }

  /** Of one row a later word than any before, whatever this clock says. */
  function stampAfter(row: { readonly stamp_ms: number } | undefined): number {
    return Math.max(ports.nowMs(), (row?.stamp_ms ?? 0) + 1);
  }

  return {
    async sendSticker(conversation, sticker) {
      const body = "own" in sticker ? bodyIn(kept(sticker.own).body) : packedBody(sticker);
      return toHex(await sendWithFiles(engine, idOf(conversation), body, []));
    },

    async keepSticker(sticker) {
      const body = bodyOf(sticker);
      const bytes = encoded(body);
      const id = idFor(engine, body);
      const all = readOwnStickers(db);
      const held = readOwnSticker(db, id);
      const isHere = held !== undefined && held.is_on === 1 && held.body.length > 0;
      if (!isHere && all.length >= stickerLimits.ownMax) throw new ClientError("too-large");
      const place = (all[0]?.place ?? 0) + 1;
      // Kept once more, it keeps the name that it has.
      write([{ id, is_on: 1, place, body: isHere ? held.body : bytes, stamp_ms: stampAfter(held) }], isHere);
      return toHex(id);
    },

    async orderStickers(ids) {
      const wanted = [...new Set(ids)].map(kept);
      // What is not named, because it has just come from another device, stands behind.
      const named = new Set(wanted.map(({ id }) => toHex(id)));
      const all = [...wanted, ...readOwnStickers(db).filter(({ id }) => !named.has(toHex(id)))];
      const moved = all.flatMap((row, at): readonly OwnStickerRow[] => {
        const place = all.length - at;
        return row.place === place ? [] : [{ ...row, place, stamp_ms: stampAfter(row) }];
      });
      write(moved, true);
    },

    async renameSticker(hex, name) {
      const row = kept(hex);
      const body = { ...bodyIn(row.body), name: nameOf(name) };
      // One of a pack is called what it is called.
      if (body.picture === undefined) throw new ClientError("not-allowed");
      write([{ ...row, body: encoded(body), stamp_ms: stampAfter(row) }]);
    },

    async dropSticker(hex) {
      const row = kept(hex);
      write([{ ...row, is_on: 0, place: 0, body: new Uint8Array(), stamp_ms: stampAfter(row) }]);
    },

    readSticker: async (hex) => bodyIn(kept(hex).body),
  };
}

function packedBody({ pack, sticker }: PackedStickerRef): Body {
  const said = stickerOf(pack, sticker);
  if (said === undefined) throw new ClientError("unknown-message");
  return { kind: "sticker", ...said };
}

/** @throws ClientError when it is no picture of ours, or too large. */
function bodyOf(sticker: StickerToKeep): Body {
  if ("pack" in sticker) return packedBody(sticker);
  const { name, type, width, height, bytes } = sticker;
  if (!stickerTypes.includes(type) || bytes.length === 0) throw new ClientError("bad-picture");
  if (bytes.length > stickerLimits.pictureBytesMax) throw new ClientError("too-large");
  return { kind: "sticker", name: nameOf(name), picture: { type, width, height, bytes } };
}

function nameOf(name: string): string {
  const clean = name.trim().toWellFormed();
  if (clean.length > stickerLimits.nameMax) throw new ClientError("too-long");
  return clean;
}

function encoded(body: Body): Bytes {
  try {
    return encodeBody(body);
  } catch (error) {
    if (error instanceof MalformedError) throw new ClientError("bad-picture");
    throw error;
  }
}

function bodyIn(bytes: Bytes): Body {
  const body = decodeBody(bytes);
  if (body?.kind !== "sticker") throw new ClientError("unknown-message");
  return body;
}

/** Made of what it shows, not of its name: two devices that keep the same one keep one. */
function idFor({ ports }: Engine, { packed, picture }: Body): ContentId {
  const what =
    packed === undefined
      ? concat(utf8("picture "), picture?.bytes ?? new Uint8Array())
      : utf8(`packed ${packed.pack} ${packed.sticker}`);
  return ports.crypto.sha256(concat(utf8("sticker "), what)).subarray(0, idBytes.content);
}
