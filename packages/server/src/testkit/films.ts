/** What a server of a test needs to take channels: a key, and a place for films. */
import type { FilmDisk } from "../blobs/store.ts";
import { type Provided, provide, services } from "../feature.ts";
import { keysFrom } from "../features/peers/keys.ts";

export function publicHome(films: FilmDisk): readonly Provided[] {
  const { signKey, sign } = keysFrom(new Uint8Array(64).fill(11));
  return [provide(services.homeKey, { publicKey: signKey, sign }), provide(services.films, films)];
}
