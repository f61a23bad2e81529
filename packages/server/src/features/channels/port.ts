/** What Channels need outside of the server (docs/spec/channels.md CH19): where the bytes of films lie. */
import type { Bytes } from "@yanshu/wire";
import { service } from "../../feature.ts";

/** `id`: the film's hash in hex. `bytes`: of the whole film. */
export type StoredFilm = { readonly id: string; readonly bytes: number };

/** Films are written in parts of `partBytes` from their beginning on, the last one shorter. */
export type FilmDisk = {
  /** On disk when it resolves. Rejects with BlobDiskFullError where there is no room. */
  readonly write: (film: StoredFilm, offset: number, part: Bytes) => Promise<void>;
  readonly read: (film: StoredFilm, offset: number, length: number) => Promise<Bytes>;
  /** As `read`, for a caller that sends the bytes without reading them into memory. */
  readonly file?: (film: StoredFilm, offset: number, length: number) => Blob;
  readonly remove: (id: string) => Promise<void>;
};

/** Absent where this server keeps no files: then it takes no channels. */
export const filmDisk = service<FilmDisk>("films");
