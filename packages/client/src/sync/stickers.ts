/** Stickers that a person keeps, on all own devices (docs/spec/media.md ME17). Inside a transaction. */
import type { SyncItem } from "@yanshu/content";
import { type OwnStickerRow, readOwnStickers, writeOwnSticker } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { forgetTold } from "./told.ts";

type Item = Extract<SyncItem, { kind: "sticker" }>;

/** So many with their pictures are far below the limit of a message. */
const together = 16;

/** @param isPlaceOnly the others have its picture already. */
export function stickerItem(row: OwnStickerRow, isPlaceOnly = false): Item {
  const body = row.body.length === 0 || isPlaceOnly ? {} : { body: row.body };
  return { kind: "sticker", id: row.id, on: row.is_on === 1, place: row.place, stampMs: row.stamp_ms, ...body };
}

/** All of them, in messages that are small enough. */
export function stickerItems(engine: Engine): readonly (readonly Item[])[] {
  const items = readOwnStickers(engine.db).map((row) => stickerItem(row));
  const parts: Item[][] = [];
  for (let at = 0; at < items.length; at += together) parts.push(items.slice(at, at + together));
  return parts;
}

/** What is let go leaves what this device would say again, too. */
export function takeSticker(engine: Engine, item: Item): void {
  const { id, on, place, stampMs, body = new Uint8Array() } = item;
  const row = { id, is_on: on ? 1 : 0, place, body: on ? body : new Uint8Array(), stamp_ms: stampMs };
  if (writeOwnSticker(engine.db, row) && !on)
    forgetTold(engine, item, (other) => other.kind === "sticker" && equalBytes(other.id, id));
  engine.changed("stickers");
}
