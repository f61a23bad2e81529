/**
 * Stickers (docs/spec/media.md ME15–ME18): sent, and kept on all own devices: put in order, renamed, let go. A kept one
 * is named by its id, in hex, which is made of what it shows: what is once read of it stays true.
 */
import {
  type BodyOf,
  decodeBody,
  encodeBody,
  type SyncItem,
  stickerLimits,
  stickerOf,
  stickerTypes,
} from "@yanshu/content";
import { type Database, type OwnStickerRow, readOwnSticker, readOwnStickers, writeOwnSticker } from "@yanshu/store";
import { type Bytes, type ContentId, concat, equalBytes, idBytes, MalformedError, toHex, utf8 } from "@yanshu/wire";
import { ClientError, clientFeature, contentId, type FeatureContext, type Hex, idOf } from "../feature.ts";

type Body = BodyOf<"sticker">;
type Item = Extract<SyncItem, { kind: "sticker" }>;

export type StickerPictureType = "image/webp" | "image/png" | "image/jpeg";

/** Of a pack that every app brings along. */
export type PackedStickerRef = { readonly pack: string; readonly sticker: string };

export type StickerPicture = {
  readonly type: StickerPictureType;
  readonly width: number;
  readonly height: number;
  /** At most 24 KiB. */
  readonly bytes: Bytes;
};

export type StickerItemBody = {
  readonly kind: "sticker";
  /** Of one of a pack: in Chinese and English; a screen says it in the reader's language (`stickerName`). */
  readonly name: string;
  /** Exactly one of both. The emoji stands in where the pack is not known. */
  readonly packed?: PackedStickerRef & { readonly emoji: string };
  readonly picture?: StickerPicture;
};

export type OwnStickerView = {
  readonly id: Hex;
  readonly name: string;
  readonly packed?: PackedStickerRef;
};

/** A picture is made on the device, small and without what a camera wrote beside it. */
export type StickerToKeep = PackedStickerRef | ({ readonly name: string } & StickerPicture);

/** Rejects with `unknown-message` when there is no such sticker. */
type StickersApi = {
  readonly sendSticker: (conversation: Hex, sticker: PackedStickerRef | { readonly own: Hex }) => Promise<Hex>;
  /** In front of the others, on all own devices. Answers its id; one that is kept already comes to the front. */
  readonly keepSticker: (sticker: StickerToKeep) => Promise<Hex>;
  /** All that stands in the view, in the new order. */
  readonly orderStickers: (ids: readonly Hex[]) => Promise<void>;
  readonly renameSticker: (id: Hex, name: string) => Promise<void>;
  /** From all own devices; what was sent of it stays where it was sent. */
  readonly dropSticker: (id: Hex) => Promise<void>;
  readonly readSticker: (id: Hex) => Promise<StickerItemBody>;
};

/** So many with their pictures are far below the limit of a message. */
const together = 16;

/** @param isPlaceOnly the others have its picture already. */
function stickerItem(row: OwnStickerRow, isPlaceOnly = false): Item {
  const body = row.body.length === 0 || isPlaceOnly ? {} : { body: row.body };
  return { kind: "sticker", id: row.id, on: row.is_on === 1, place: row.place, stampMs: row.stamp_ms, ...body };
}

/** What is let go leaves what this device would say again, too. */
function take({ db, changed, forgetTold }: FeatureContext, item: Item): void {
  const { id, on, stampMs, body = new Uint8Array() } = item;
  // What is no sticker would be seen and dropped by nobody (SY94).
  if (on && body.length > 0 && decodeBody(body)?.kind !== "sticker") return;
  const place = Math.min(item.place, stickerLimits.placeMax);
  const row = { id, is_on: on ? 1 : 0, place, body: on ? body : new Uint8Array(), stamp_ms: stampMs };
  if (writeOwnSticker(db, row) && !on)
    forgetTold(item, (other) => other.kind === "sticker" && equalBytes(other.id, id));
  changed("stickers");
}

/** Those that this version shows, in their order: an earlier one took whatever was told. */
function shown(db: Database): readonly { readonly row: OwnStickerRow; readonly body: Body }[] {
  return readOwnStickers(db).flatMap((row) => {
    const body = decodeBody(row.body);
    return body?.kind === "sticker" ? [{ row, body }] : [];
  });
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
function idFor(sha256: FeatureContext["sha256"], { packed, picture }: Body): ContentId {
  const what =
    packed === undefined
      ? concat(utf8("picture "), picture?.bytes ?? new Uint8Array())
      : utf8(`packed ${packed.pack} ${packed.sticker}`);
  return sha256(concat(utf8("sticker "), what)).subarray(0, idBytes.content);
}

export const stickers = clientFeature({
  kinds: ["sticker"],

  show: { sticker: (_, body): StickerItemBody => body },

  synced: {
    sticker: {
      size: "large",
      together,
      isInRecord: true,
      all: ({ db }) => shown(db).map(({ row }) => stickerItem(row)),
      take,
    },
  },

  views: {
    /** Names and ids, in the person's own order; what they look like is read one by one, for it is large. */
    stickers: {
      topics: () => ["stickers"],
      read: ({ database }): readonly OwnStickerView[] =>
        shown(database).map(({ row: { id }, body: { name, packed } }) => ({
          id: toHex(id),
          name,
          ...(packed === undefined ? {} : { packed: { pack: packed.pack, sticker: packed.sticker } }),
        })),
    },
  },

  api: (context): StickersApi => {
    const { db, nowMs, sha256, files, tellOwnDevices } = context;

    function kept(hex: Hex): OwnStickerRow {
      const row = readOwnSticker(db, contentId(hex));
      if (row === undefined || row.is_on === 0 || row.body.length === 0) throw new ClientError("unknown-message");
      return row;
    }

    /** Written here and told to the other own devices: with its picture where that is new to them. */
    function write(rows: readonly OwnStickerRow[], isPlaceOnly = false): void {
      const items = rows.map((row) => stickerItem(row, isPlaceOnly));
      db.transaction(() => {
        for (const item of items) take(context, item);
        tellOwnDevices(items);
      });
    }

    /** Of one row a later word than any before, whatever this clock says. */
    function stampAfter(row: { readonly stamp_ms: number } | undefined): number {
      return Math.max(nowMs(), (row?.stamp_ms ?? 0) + 1);
    }

    /** Those whose place is another than this order says. */
    function moved(all: readonly OwnStickerRow[]): readonly OwnStickerRow[] {
      return all.flatMap((row, at): readonly OwnStickerRow[] => {
        const place = all.length - at;
        return row.place === place ? [] : [{ ...row, place, stamp_ms: stampAfter(row) }];
      });
    }

    return {
      async sendSticker(conversation, sticker) {
        const body = "own" in sticker ? bodyIn(kept(sticker.own).body) : packedBody(sticker);
        return files.send(idOf(conversation), body, []);
      },

      async keepSticker(sticker) {
        const body = bodyOf(sticker);
        const bytes = encoded(body);
        const id = idFor(sha256, body);
        const all = shown(db).map(({ row }) => row);
        const isHere = all.some((row) => equalBytes(row.id, id));
        if (!isHere && all.length >= stickerLimits.ownMax) throw new ClientError("too-large");
        const top = all[0]?.place ?? 0;
        // No place follows the last one.
        const isLast = top >= stickerLimits.placeMax;
        if (isLast) write(moved(all), true);
        const place = (isLast ? all.length : top) + 1;
        // Kept once more, it keeps the name that it has.
        write([{ id, is_on: 1, place, body: bytes, stamp_ms: stampAfter(readOwnSticker(db, id)) }], isHere);
        return toHex(id);
      },

      async orderStickers(ids) {
        const wanted = [...new Set(ids)].map(kept);
        // What is not named, because it has just come from another device, stands behind.
        const named = new Set(wanted.map(({ id }) => toHex(id)));
        const others = shown(db).flatMap(({ row }) => (named.has(toHex(row.id)) ? [] : [row]));
        write(moved([...wanted, ...others]), true);
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
  },
});
