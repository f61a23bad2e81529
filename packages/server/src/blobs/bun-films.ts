/** Films in a folder of their own, or in the bucket of files under a prefix of their own. */
import { publicLimits } from "@yanshu/wire";
import { folderDisk } from "./bun.ts";
import { type S3Place, s3Disk } from "./bun-s3.ts";
import type { BlobPart, FilmDisk, StoredFilm } from "./store.ts";

export function filmsInFolder(folder: string): FilmDisk {
  const disk = folderDisk(folder);
  const { file } = disk;
  return {
    write: ({ id }, offset, part) => disk.write(id, offset, part),
    read: ({ id }, offset, length) => disk.read(id, offset, length),
    ...(file && { file: ({ id }: StoredFilm, offset: number, length: number) => file(id, offset, length) }),
    remove: (id) => disk.remove(id),
  };
}

export function filmsInBucket(place: S3Place): FilmDisk {
  const inFilms = { ...place, prefix: `${place.prefix}films/` };
  // Where a film's parts begin and end follows from its length, so no index has to remember them.
  const of = ({ bytes }: { readonly bytes: number }) =>
    s3Disk(inFilms, { parts: (_id, from, to) => partsBetween(bytes, from, to) });
  return {
    write: (film, offset, part) => of(film).write(film.id, offset, part),
    read: (film, offset, length) => of(film).read(film.id, offset, length),
    remove: (id) => of({ bytes: 0 }).remove(id),
  };
}

const partBytes = publicLimits.chunksPerCallMax * publicLimits.chunkBytes;

function partsBetween(bytes: number, from: number, to: number): readonly BlobPart[] {
  const parts: BlobPart[] = [];
  for (let at = Math.floor(from / partBytes) * partBytes; at < Math.min(to, bytes); at += partBytes)
    parts.push({ from: at, to: Math.min(at + partBytes, bytes) });
  return parts;
}
