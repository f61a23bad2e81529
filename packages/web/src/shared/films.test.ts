import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { chunkBytes, type FilmPorts, Films, type FilmsKept, WrongFilm } from "./films.ts";
import { readHeads } from "./heads.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const sha256 = (bytes: Uint8Array): Bytes => new Uint8Array(createHash("sha256").update(bytes).digest());
const nameOf = (list: Uint8Array) => createHash("sha256").update("a film").update(list).digest("hex");

/** A film whose bytes tell where they stand. */
function filmOf(seed: number, length: number) {
  const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) + seed) & 255);
  const count = Math.ceil(length / chunkBytes);
  const list = new Uint8Array(4 + count * 32);
  new DataView(list.buffer).setUint32(0, length);
  for (let n = 0; n < count; n++) list.set(sha256(bytes.subarray(n * chunkBytes, (n + 1) * chunkBytes)), 4 + n * 32);
  return { bytes, list, hash: nameOf(list) };
}

/** A home, or somebody on the way to it, that serves these films; `asked`: what it was asked for. */
function homeOf(films: readonly ReturnType<typeof filmOf>[]) {
  const asked: string[] = [];
  const stored = new Map<string, Bytes>();
  const found = (hash: string) => {
    const film = films.find((one) => one.hash === hash);
    if (film === undefined) throw new Error("not here");
    return film;
  };
  const kept: FilmsKept = {
    names: async () => [...stored].map(([name, { length }]) => ({ name, bytes: length })),
    get: async (name) => stored.get(name)?.slice(),
    put: async (name, bytes) => void stored.set(name, bytes.slice()),
    drop: async (names) => {
      for (const name of names) stored.delete(name);
    },
    dropAll: async () => stored.clear(),
  };
  const ports: FilmPorts = {
    async fetchPart(hash, _bytes, from, to) {
      asked.push(`${from / chunkBytes}-${Math.ceil(to / chunkBytes)}`);
      return new Blob([found(hash).bytes.slice(from, to)]).stream();
    },
    async fetchList(hash) {
      asked.push("list");
      return found(hash).list.slice();
    },
    sha256: async (bytes) => sha256(bytes),
    nameOf: async (list) => nameOf(list),
    kept,
  };
  return { asked, stored, ports, names: () => [...new Set([...stored.keys()].map((name) => name.split("/")[0]))] };
}

async function whole(films: Films, { hash, bytes }: ReturnType<typeof filmOf>): Promise<Bytes> {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const part = await films.read(hash, bytes.length, at);
    out.set(part, at);
    at += part.length;
  }
  return out;
}

test("[WE143] a film is read four chunks at a time, and from its head without a request", async () => {
  const film = filmOf(1, 9 * chunkBytes + 100);
  const home = homeOf([film]);
  const films = new Films(home.ports);
  await films.takeHead(film.hash, film.list, film.bytes.slice(0, 3 * chunkBytes));
  expect((await films.read(film.hash, film.bytes.length, 10)).length).toBe(3 * chunkBytes - 10);
  expect(home.asked).toEqual([]);
  expect(await whole(films, film)).toEqual(film.bytes);
  expect(home.asked).toEqual(["3-7", "7-10"]);
  expect(await films.readWhole(film.hash, film.bytes.length)).toEqual(film.bytes);
  expect(home.asked.length).toBe(2);
});

test("[WE143] nothing is shown of a chunk, a head or a list that is another than its author published", async () => {
  const film = filmOf(2, 3 * chunkBytes);
  const other = filmOf(3, 3 * chunkBytes);
  const home = homeOf([film]);
  const evil = new Films({
    ...home.ports,
    fetchPart: async (hash, bytes, from, to) => {
      const part = new Uint8Array(await new Response(await home.ports.fetchPart(hash, bytes, from, to)).arrayBuffer());
      part[part.length - 1] = (part.at(-1) ?? 0) ^ 1;
      return new Blob([part]).stream();
    },
  });
  // What stands before the changed chunk is the film's own, and the rest is not shown.
  const begun = await evil.read(film.hash, film.bytes.length, 0);
  expect([begun.length > 0, begun.length % chunkBytes]).toEqual([true, 0]);
  expect(begun).toEqual(film.bytes.slice(0, begun.length));
  await expect(whole(evil, film)).rejects.toThrow(WrongFilm);
  // Another film as a whole, under this one's name.
  const fetchPart: FilmPorts["fetchPart"] = async (_, from, to) => new Blob([other.bytes.slice(from, to)]).stream();
  const swapped = new Films({ ...homeOf([film]).ports, fetchPart, fetchList: async () => other.list.slice() });
  await expect(swapped.read(film.hash, film.bytes.length, 0)).rejects.toThrow(WrongFilm);
  const begins = new Films(homeOf([film]).ports);
  await expect(begins.takeHead(film.hash, other.list, other.bytes.slice(0, chunkBytes))).rejects.toThrow(WrongFilm);
  const films = new Films(homeOf([film]).ports);
  await expect(films.takeHead(film.hash, film.list, other.bytes.slice(0, chunkBytes))).rejects.toThrow(WrongFilm);
  await expect(films.read(film.hash, film.bytes.length + chunkBytes, 0)).rejects.toThrow(WrongFilm);
  expect(await whole(films, film)).toEqual(film.bytes);
});

test("[WE157] a picture whose list is of more than its entry says is not read", async () => {
  const film = filmOf(11, 3 * chunkBytes);
  const home = homeOf([film]);
  const films = new Films(home.ports);
  await expect(films.readWhole(film.hash, 2 * chunkBytes)).rejects.toThrow("too long to be read whole");
  expect(home.asked).toEqual(["list"]);
  expect(await films.readWhole(film.hash, 3 * chunkBytes)).toEqual(film.bytes);
});

test("[WE143] what the browser kept is checked again, and fetched anew where it was changed", async () => {
  const film = filmOf(4, 2 * chunkBytes);
  const home = homeOf([film]);
  await whole(new Films(home.ports), film);
  const before = home.asked.length;
  expect(await whole(new Films(home.ports), film)).toEqual(film.bytes);
  expect(home.asked.length).toBe(before);
  home.stored.set(`${film.hash}/0`, new Uint8Array(chunkBytes));
  expect(await whole(new Films(home.ports), film)).toEqual(film.bytes);
  expect(home.asked.slice(before)).toEqual(["0-1"]);
  home.stored.set(`${film.hash}/list`, filmOf(9, 2 * chunkBytes).list);
  expect(await whole(new Films(home.ports), film)).toEqual(film.bytes);
  expect(home.asked.slice(before)).toEqual(["0-1", "list"]);
});

test("[WE143] of what is kept, the films that were used longest ago go first, and all at a word", async () => {
  const some = [5, 6, 7].map((seed) => filmOf(seed, 2 * chunkBytes));
  const home = homeOf(some);
  const films = new Films(home.ports, { keptBytesMax: 5 * chunkBytes, heldBytesMax: 2 * chunkBytes });
  const [first, second, third] = some as [
    ReturnType<typeof filmOf>,
    ReturnType<typeof filmOf>,
    ReturnType<typeof filmOf>,
  ];
  await whole(films, first);
  await whole(films, second);
  await whole(films, first);
  await whole(films, third);
  expect(home.names()).toEqual([first.hash, third.hash]);
  await films.forget();
  expect(home.names()).toEqual([]);
  expect(await whole(films, second)).toEqual(second.bytes);
});

test("[WE143] one request is made for what is asked for twice at once", async () => {
  const film = filmOf(8, 2 * chunkBytes);
  const home = homeOf([film]);
  const films = new Films(home.ports);
  await films.read(film.hash, film.bytes.length, chunkBytes);
  await Promise.all([films.read(film.hash, film.bytes.length, 0), films.read(film.hash, film.bytes.length, 5)]);
  expect(home.asked).toEqual(["list", "1-2", "0-1"]);
});

test("[WE170] the first chunk is read before those behind it have come, and without waiting for the list", async () => {
  const film = filmOf(12, 4 * chunkBytes);
  const home = homeOf([film]);
  const [listed, rest] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const films = new Films({
    ...home.ports,
    async fetchList(hash) {
      const list = await home.ports.fetchList(hash, 0);
      await listed.promise;
      return list;
    },
    async fetchPart(_, _bytes, from, to) {
      home.asked.push(`${from}-${to}`);
      return new ReadableStream({
        async start(controller) {
          controller.enqueue(film.bytes.slice(0, chunkBytes));
          await rest.promise;
          controller.enqueue(film.bytes.slice(chunkBytes, to));
          controller.close();
        },
      });
    },
  });
  const first = films.read(film.hash, film.bytes.length, 0);
  await new Promise((go) => setTimeout(go, 0));
  expect(home.asked).toEqual(["list", `0-${film.bytes.length}`]);
  listed.resolve();
  expect(await first).toEqual(film.bytes.slice(0, chunkBytes));
  expect(films.comes(film.hash, film.bytes.length, 7)).toBe(film.bytes.length - 7);
  rest.resolve();
  expect(await whole(films, film)).toEqual(film.bytes);
  expect(home.asked.length).toBe(2);
});

test("[WE148] heads are handed on as they arrive, in whatever pieces", async () => {
  const some = [10, 11].map((seed) => filmOf(seed, chunkBytes + 7));
  const u32 = (value: number) => new Uint8Array([value >> 24, value >> 16, value >> 8, value]);
  const bundle = new Uint8Array(
    await new Blob([
      new Uint8Array([0x59, 0x53, 0x48, 0x31]),
      new Uint8Array(32),
      new Uint8Array([2]),
      ...some.flatMap(({ bytes, list }) => [sha256(list), u32(list.length), list, u32(bytes.length), bytes]),
    ]).arrayBuffer(),
  );
  for (const step of [1_000, 33, bundle.length]) {
    const taken: Bytes[] = [];
    let at = 0;
    const arriving = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at < bundle.length) controller.enqueue(bundle.slice(at, at + step));
        else controller.close();
        at += step;
      },
    });
    await readHeads(arriving, async ({ list, head }) => void taken.push(list, head));
    expect(taken).toEqual(some.flatMap(({ list, bytes }) => [list, bytes]));
  }
  const cut = () => new Blob([bundle.slice(0, -1)]).stream() as ReadableStream<Uint8Array>;
  await expect(readHeads(cut(), async () => undefined)).rejects.toThrow("early");
});
