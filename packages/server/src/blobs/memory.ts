/** Store of blobs in memory: for worlds and simulations, whose disks are objects too. */
import { type Bytes, concat, toHex } from "@yanshu/wire";
import type { BlobRow, BlobStore, FilmDisk } from "./store.ts";

export function memoryBlobStore(seed: Bytes): BlobStore & { readonly files: ReadonlyMap<string, Bytes> } {
  const rows = new Map<string, BlobRow>();
  const files = new Map<string, Bytes>();
  const spent = new Map<string, number>();
  const leaving = new Set<string>();
  const spend: BlobStore["index"]["spend"] = (tokens) => {
    const keys = tokens.map(({ epoch, input }) => ({ epoch, key: `${epoch} ${toHex(input)}` }));
    const isFresh = new Set(keys.map(({ key }) => key)).size === keys.length;
    if (!isFresh || keys.some(({ key }) => spent.has(key))) return false;
    for (const { epoch, key } of keys) spent.set(key, epoch);
    return true;
  };
  return {
    files,
    index: {
      seed,
      find: (id) => rows.get(id),
      create: (id, row, tokens) => {
        if (!spend(tokens)) return false;
        rows.set(id, row);
        return true;
      },
      spend,
      isSpent: (tokens) => tokens.some(({ epoch, input }) => spent.has(`${epoch} ${toHex(input)}`)),
      advance: (id, { from, to }, expiresDay) => {
        const row = rows.get(id);
        if (row?.written !== from) return false;
        rows.set(id, { ...row, written: to, expiresDay });
        return true;
      },
      extend: (id, expiresDay, tokens) => {
        if (!spend(tokens)) return false;
        const row = rows.get(id);
        if (row !== undefined) rows.set(id, { ...row, expiresDay: Math.max(row.expiresDay, expiresDay) });
        return true;
      },
      parts: () => [],
      remove: (id) => {
        rows.delete(id);
        leaving.add(id);
      },
      freed: (id) => void leaving.delete(id),
      isLeaving: (id) => leaving.has(id),
      leaving: (max) => [...leaving].slice(0, max),
      expired: (day, max) => [...rows].flatMap(([id, row]) => (row.expiresDay <= day ? [id] : [])).slice(0, max),
      forgetSpent: (beforeEpoch) => {
        for (const [key, epoch] of spent) if (epoch < beforeEpoch) spent.delete(key);
      },
      tidy: () => undefined,
      counts: () => ({ blobs: rows.size, bytes: [...rows.values()].reduce((sum, { written }) => sum + written, 0) }),
    },
    disk: {
      write: async (id, offset, bytes) =>
        void files.set(id, concat((files.get(id) ?? new Uint8Array()).subarray(0, offset), bytes)),
      read: async (id, offset, length) => (files.get(id) ?? new Uint8Array()).slice(offset, offset + length),
      finish: async () => undefined,
      remove: async (id) => void files.delete(id),
    },
    close: () => undefined,
  };
}

/** Films of channels in memory. */
export class MemoryFilms implements FilmDisk {
  readonly files = new Map<string, Bytes>();
  /** Whether films cannot be reached, as in a bucket that does not answer. */
  isAway = false;

  /** Room for all of each film: a large one is not copied for each of its pieces. */
  private readonly rooms = new Map<string, Bytes>();

  readonly write: FilmDisk["write"] = async ({ id, bytes }, offset, part) => {
    this.mustBeThere();
    const held = this.files.get(id) ?? new Uint8Array(0);
    let room = this.rooms.get(id);
    if (room === undefined || room.buffer !== held.buffer || held.length < offset) {
      room = new Uint8Array(Math.max(bytes, offset + part.length));
      room.set(held.subarray(0, offset));
      this.rooms.set(id, room);
    }
    room.set(part, offset);
    this.files.set(id, room.subarray(0, offset + part.length));
  };
  readonly read: FilmDisk["read"] = async ({ id }, offset, length) => {
    this.mustBeThere();
    return (this.files.get(id) ?? new Uint8Array(0)).slice(offset, offset + length);
  };
  readonly remove: FilmDisk["remove"] = async (id) => {
    this.mustBeThere();
    this.rooms.delete(id);
    this.files.delete(id);
  };

  private mustBeThere(): void {
    if (this.isAway) throw new Error("the films are away");
  }
}
