/** Stickers that a person keeps, on all own devices. */
import type { Bytes, ContentId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/**
 * 11 stickers: what a person keeps to send again, on all own devices (docs/spec/media.md ME17).
 * Size: at most 26 KB a sticker, and 300 of them.
 * Going back is safe: earlier versions do not read it.
 */
export const stickerTables = `
  CREATE TABLE own_stickers (
    id       BLOB    PRIMARY KEY,            -- made of what it shows
    is_on    INTEGER NOT NULL,               -- 0: let go; the body is empty then
    place    INTEGER NOT NULL,               -- the higher stands first
    body     BLOB    NOT NULL,               -- an encoded sticker body; empty until it came
    stamp_ms INTEGER NOT NULL                -- the later holds
  ) STRICT, WITHOUT ROWID;
`;

export type OwnStickerRow = {
  readonly id: ContentId;
  readonly is_on: number;
  readonly place: number;
  readonly body: Bytes;
  readonly stamp_ms: UnixMs;
};

/**
 * The later stamp holds, ties go by place. A word without a body keeps the one that is here; a body that comes late
 * fills an empty one in. Returns whether something changed.
 */
export function writeOwnSticker(db: Database, row: OwnStickerRow): boolean {
  return (
    db.run(
      `INSERT INTO own_stickers (id, is_on, place, body, stamp_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET is_on = excluded.is_on, place = excluded.place, stamp_ms = excluded.stamp_ms,
         body = CASE WHEN excluded.is_on = 0 OR length(excluded.body) > 0 THEN excluded.body ELSE own_stickers.body END
       WHERE (excluded.stamp_ms, excluded.place) > (own_stickers.stamp_ms, own_stickers.place)`,
      row.id,
      row.is_on,
      row.place,
      row.body,
      row.stamp_ms,
    ) +
      db.run(
        "UPDATE own_stickers SET body = ? WHERE id = ? AND is_on = 1 AND length(body) = 0 AND ? = 1",
        row.body,
        row.id,
        row.is_on,
      ) >
    0
  );
}

/** In their order; those that were let go, or have not come yet, are left out. */
export function readOwnStickers(db: Database): readonly OwnStickerRow[] {
  return db.all<OwnStickerRow>(
    "SELECT * FROM own_stickers WHERE is_on = 1 AND length(body) > 0 ORDER BY place DESC, id",
  );
}

export function readOwnSticker(db: Database, id: ContentId): OwnStickerRow | undefined {
  return db.get<OwnStickerRow>("SELECT * FROM own_stickers WHERE id = ?", id);
}
