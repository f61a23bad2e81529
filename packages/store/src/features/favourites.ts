/** What a person keeps, on all own devices. */
import type { Bytes, ContentId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type FavouriteRow = {
  readonly id: ContentId;
  readonly is_on: number;
  readonly name: string;
  readonly at_ms: UnixMs;
  readonly body: Bytes;
  readonly stamp_ms: UnixMs;
};

/** The later stamp wins. Returns whether it changed. */
export function writeFavourite(db: Database, row: FavouriteRow): boolean {
  return (
    db.run(
      `INSERT INTO favourites (id, is_on, name, at_ms, body, stamp_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET is_on = excluded.is_on, name = excluded.name, at_ms = excluded.at_ms,
         body = excluded.body, stamp_ms = excluded.stamp_ms
       WHERE excluded.stamp_ms > favourites.stamp_ms`,
      row.id,
      row.is_on,
      row.name,
      row.at_ms,
      row.body,
      row.stamp_ms,
    ) > 0
  );
}

export function readFavourites(db: Database): readonly FavouriteRow[] {
  return db.all<FavouriteRow>("SELECT * FROM favourites ORDER BY stamp_ms DESC, id");
}

export function readFavourite(db: Database, id: ContentId): FavouriteRow | undefined {
  return db.get<FavouriteRow>("SELECT * FROM favourites WHERE id = ?", id);
}
