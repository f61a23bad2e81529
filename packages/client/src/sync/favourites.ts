/** What is kept, on all own devices (docs/spec/actions.md AC13). Inside a transaction. */
import type { SyncItem } from "@yanshu/content";
import { type FavouriteRow, readFavourites, writeFavourite } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { forgetTold } from "./told.ts";

type Item = Extract<SyncItem, { kind: "favourite" }>;

export function favouriteItem(row: FavouriteRow): Item {
  const kept = row.is_on === 1 ? { name: row.name, atMs: row.at_ms, body: row.body } : {};
  return { kind: "favourite", id: row.id, on: row.is_on === 1, stampMs: row.stamp_ms, ...kept };
}

export function favouriteItems(engine: Engine): readonly Item[] {
  return readFavourites(engine.db)
    .filter(({ is_on }) => is_on === 1)
    .map(favouriteItem);
}

export function takeFavourite(engine: Engine, item: Item): void {
  const { id, on, stampMs, name = "", atMs = 0, body = new Uint8Array() } = item;
  const row = { id, is_on: on ? 1 : 0, name, at_ms: atMs, body, stamp_ms: stampMs };
  if (writeFavourite(engine.db, row) && !on) forgetTold(engine, item, (other) => isSame(other, item));
  engine.changed("favourites");
}

function isSame(item: SyncItem, other: Item): boolean {
  return item.kind === "favourite" && equalBytes(item.id, other.id);
}
