/** Films in memory, and a home's key, for servers of tests. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { type Bytes, concat } from "@yanshu/wire";
import { type HomeKey, type Provided, provide, services } from "../feature.ts";
import { type FilmDisk, filmDisk } from "../features/channels/port.ts";

export class MemoryFilms implements FilmDisk {
  readonly files = new Map<string, Bytes>();
  /** Films that are asked for from here on are away, as in a bucket that does not answer. */
  isAway = false;

  readonly write: FilmDisk["write"] = async ({ id }, offset, part) => {
    this.mustBeThere();
    this.files.set(id, concat((this.files.get(id) ?? new Uint8Array(0)).subarray(0, offset), part));
  };
  readonly read: FilmDisk["read"] = async ({ id }, offset, length) => {
    this.mustBeThere();
    return (this.files.get(id) ?? new Uint8Array(0)).slice(offset, offset + length);
  };
  readonly remove: FilmDisk["remove"] = async (id) => {
    this.mustBeThere();
    this.files.delete(id);
  };

  private mustBeThere(): void {
    if (this.isAway) throw new Error("the films are away");
  }
}

const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

export function homeKeyFrom(seed: Bytes): HomeKey {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: "der", type: "pkcs8" });
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32));
  return { publicKey, sign: (message) => new Uint8Array(sign(null, message, key)) };
}

/** What a server needs to take channels. */
export function publicHome(films: FilmDisk, key: HomeKey = homeKeyFrom(new Uint8Array(32).fill(11))): readonly Provided[] {
  return [provide(services.homeKey, key), provide(filmDisk, films)];
}
