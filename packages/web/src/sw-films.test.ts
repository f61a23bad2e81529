import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { FilmElsewhere, FromFilms } from "./shared/film-messages.ts";
import { chunkBytes, pictureBytesMax } from "./shared/films.ts";
import { answerFilm, takeFilmMessage } from "./sw-films.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const sha256 = (bytes: Uint8Array): Bytes => new Uint8Array(createHash("sha256").update(bytes).digest());

const u32 = (value: number) => new Uint8Array([value >> 24, value >> 16, value >> 8, value]);

function filmOf(seed: number, length: number) {
  const bytes = Uint8Array.from({ length }, (_, at) => (at + seed) & 255);
  const parts = [];
  for (let at = 0; at < length; at += chunkBytes) parts.push(sha256(bytes.subarray(at, at + chunkBytes)));
  const list = new Uint8Array(Buffer.concat([u32(length), ...parts]));
  return { bytes, list, hash: createHash("sha256").update("yanshu film v1\0").update(list).digest("hex") };
}
type Film = ReturnType<typeof filmOf>;

let films: readonly Film[] = [];
let page: readonly Film[] = [];
let asked: string[] = [];
let told: string[] = [];
/** Home gives no answer; a page gets this of each film elsewhere. */
let elsewhere: ((wish: FilmElsewhere) => Bytes | undefined) | undefined;
const page1 = {
  postMessage: (said: FromFilms, [port]: readonly MessagePort[] = []) => {
    told.push(said.kind);
    if (said.kind === "film-elsewhere") port?.postMessage(elsewhere?.(said));
  },
};
const worker = { clients: { matchAll: async () => [page1] } } as unknown as ServiceWorkerGlobalScope;

const headOf = ({ bytes }: Film) => bytes.slice(0, 3 * chunkBytes);
/** Home: bytes, lists and the heads of a page. */
async function home(path: string, init: RequestInit = {}): Promise<Response> {
  if (elsewhere !== undefined) throw new TypeError("no answer");
  asked.push(path.replace(/[0-9a-f]{64}/, (hash) => `${films.findIndex((film) => film.hash === hash)}`));
  const film = films.find(({ hash }) => path.includes(hash));
  if (path.startsWith("/public/heads/"))
    return new Response(
      new Blob([
        new Uint8Array([0x59, 0x53, 0x48, 0x31]),
        new Uint8Array(32),
        new Uint8Array([page.length]),
        ...page.flatMap((one) => [
          new Uint8Array(Buffer.from(one.hash, "hex")),
          u32(one.list.length),
          one.list,
          u32(headOf(one).length),
          headOf(one),
        ]),
      ]),
    );
  if (film === undefined) return new Response(null, { status: 404 });
  if (path.endsWith("/list")) return new Response(film.list);
  const [, from, to] = /(\d+)-(\d+)/.exec(new Headers(init.headers).get("range") ?? "") ?? [];
  return new Response(film.bytes.slice(Number(from), Number(to) + 1), { status: 206 });
}
const before = globalThis.fetch;
beforeAll(() => {
  globalThis.fetch = home as unknown as typeof fetch;
});
afterAll(() => {
  globalThis.fetch = before;
});
beforeEach(() => {
  elsewhere = undefined;
  asked = [];
  told = [];
});

const url = (film: Film, rest = "") => `http://home/films/${film.hash}?bytes=${film.bytes.length}${rest}`;
const picture = (film: Film, rest = "") => answerFilm(worker, new Request(url(film, `&type=image/webp${rest}`)));
const piece = (film: Film, from: number) =>
  answerFilm(worker, new Request(url(film, "&type=video/mp4"), { headers: { range: `bytes=${from}-` } }));
const shows = (film: Film, near: readonly Film[]) =>
  takeFilmMessage(worker, { kind: "film-shown", hash: film.hash, near: near.map(({ hash }) => hash) });
/** Long enough for a request that is not held back to be made: all of home is here. */
const turns = async () => {
  for (let n = 0; n < 20; n++) await new Promise((go) => setTimeout(go, 0));
};
const six = (seed: number) => filmOf(seed, 6 * chunkBytes);

test("[WE159] a worker that was begun anew asks what is shown before it fetches anything of a film", async () => {
  films = [six(1)];
  const [film] = films as [Film];
  const first = piece(film, 0);
  await turns();
  expect(asked).toEqual([]);
  expect(told).toEqual(["film-which"]);
  await shows(film, [film]);
  expect((await first).status).toBe(206);
});

test("[WE159] no byte is fetched of a film that is only near, until it is on screen", async () => {
  films = [six(2), six(3)];
  const [film, next] = films as [Film, Film];
  await shows(film, [film, next]);
  expect((await piece(film, 0)).status).toBe(206);
  expect(asked).toEqual(["/public/films/0/list", "/public/films/0"]);
  const waits = piece(next, 0);
  await turns();
  expect(asked.length).toBe(2);
  await shows(next, [next, film]);
  expect((await waits).status).toBe(206);
  expect(asked.slice(2)).toEqual(["/public/films/1/list", "/public/films/1"]);
});

test("[WE148] [WE159] of the page that everybody fetches heads are used, and the next film is fetched on", async () => {
  films = [six(4), six(5), six(6)];
  const [film, next, third] = films as [Film, Film, Film];
  await shows(film, [film, next, third]);
  await piece(film, 0);
  const before = asked.length;
  const begun = piece(third, 0);
  await turns();
  expect(asked.length).toBe(before);
  page = [film, next, third];
  await takeFilmMessage(worker, { kind: "film-heads", pack: "ab".repeat(32) });
  expect((await begun).status).toBe(206);
  const held = piece(third, 3 * chunkBytes);
  expect((await piece(next, 3 * chunkBytes)).status).toBe(206);
  await turns();
  expect(asked.slice(before + 1)).toEqual(["/public/films/1"]);
  await shows(film, [film]);
  expect((await held).type).toBe("error");
});

test("[WE170] heads come once the film on screen has begun", async () => {
  films = [six(10)];
  page = films;
  const [film] = films as [Film];
  await shows(film, [film]);
  const heads = takeFilmMessage(worker, { kind: "film-heads", pack: "cd".repeat(32) });
  await turns();
  expect(asked).toEqual([]);
  await piece(film, 0);
  await heads;
  expect(asked).toEqual(["/public/films/0/list", "/public/films/0", `/public/heads/-1`]);
});

test("[WE171] the next film is fetched one step behind its head, and the one on screen as far as it is wanted", async () => {
  films = [filmOf(11, 12 * chunkBytes), filmOf(12, 12 * chunkBytes)];
  page = films;
  const [film, next] = films as [Film, Film];
  const near = [film.hash, next.hash];
  const upTo = 5 * chunkBytes;
  await takeFilmMessage(worker, { kind: "film-shown", hash: film.hash, near, upTo });
  const heads = takeFilmMessage(worker, { kind: "film-heads", pack: "ef".repeat(32) });
  expect((await piece(film, 0)).status).toBe(206);
  await heads;
  expect((await piece(next, 3 * chunkBytes)).status).toBe(206);
  expect((await piece(film, 4 * chunkBytes)).status).toBe(206);
  await turns();
  const before = asked.length;
  const [later, nextLater] = [piece(film, 8 * chunkBytes), piece(next, 7 * chunkBytes)];
  await turns();
  expect(asked.length).toBe(before);
  await takeFilmMessage(worker, { kind: "film-shown", hash: film.hash, near });
  expect((await later).status).toBe(206);
  await turns();
  expect(asked.slice(before)).toEqual(["/public/films/0"]);
  await shows(next, [next]);
  expect((await nextLater).status).toBe(206);
});

test("[WE171] of the next film its end comes too, where a player asks for it first; of the one behind it does not", async () => {
  films = [filmOf(16, 12 * chunkBytes), filmOf(17, 12 * chunkBytes + 99), filmOf(18, 12 * chunkBytes + 99)];
  page = films;
  const [film, next, third] = films as [Film, Film, Film];
  await shows(film, [film, next, third]);
  const heads = takeFilmMessage(worker, { kind: "film-heads", pack: "1f".repeat(32) });
  expect((await piece(film, 0)).status).toBe(206);
  await heads;
  const ends = piece(next, 12 * chunkBytes);
  const [before, behind] = [piece(next, 11 * chunkBytes), piece(third, 12 * chunkBytes)];
  expect(new Uint8Array(await (await ends).arrayBuffer())).toEqual(next.bytes.slice(12 * chunkBytes));
  await turns();
  expect(asked.slice(3)).toEqual(["/public/films/1"]);
  await shows(next, [next]);
  expect([(await before).status, (await behind).type]).toEqual([206, "error"]);
});

test("[WE173] [FY14] of whole pages each film is fetched in the page's order, whatever is watched, and none otherwise", async () => {
  films = [six(13), six(14)];
  const [first, second] = films as [Film, Film];
  await shows(second, [second, first]);
  const whole = (all: readonly Film[]) =>
    takeFilmMessage(worker, {
      kind: "film-whole",
      films: all.map(({ hash, bytes }) => ({ hash, bytes: bytes.length })),
    });
  const fetched = whole([first, second]);
  const [part, later] = [await piece(second, 0), piece(second, 4 * chunkBytes)];
  expect([part.status, (await later).status]).toEqual([206, 206]);
  await fetched;
  const inOrder = [0, 1].flatMap((n) => [`/public/films/${n}/list`, `/public/films/${n}`, `/public/films/${n}`]);
  expect(asked).toEqual(inOrder);
  // After all was forgotten they are fetched once more: what is on screen waits for them.
  asked = [];
  Object.assign(globalThis, { caches: { delete: async () => true } });
  await takeFilmMessage(worker, { kind: "films-forget" });
  Reflect.deleteProperty(globalThis, "caches");
  expect(asked).toEqual(inOrder);
  // A page that comes while all is forgotten is not put back to the one before it.
  asked = [];
  const gone = Promise.withResolvers<boolean>();
  Object.assign(globalThis, { caches: { delete: () => gone.promise } });
  const forgotten = takeFilmMessage(worker, { kind: "films-forget" });
  const newer = whole([second]);
  gone.resolve(true);
  await Promise.all([forgotten, newer]);
  Reflect.deleteProperty(globalThis, "caches");
  expect(asked).not.toContain("/public/films/0/list");
  await whole([]);
});

test("[WE174] a picture that was published from here is here", async () => {
  films = [filmOf(15, 2 * chunkBytes - 5)];
  const [own] = films as [Film];
  await takeFilmMessage(worker, { kind: "film-made", bytes: own.bytes.slice() });
  expect(new Uint8Array(await (await picture(own, "&kept")).arrayBuffer())).toEqual(own.bytes);
  expect(asked).toEqual([]);
});

test("[WE158] a picture that a list shows is served where it is here, and never asked for", async () => {
  films = [filmOf(7, 2 * chunkBytes - 9)];
  const [face] = films as [Film];
  expect((await picture(face, "&kept")).status).toBe(204);
  expect(asked).toEqual([]);
  expect(new Uint8Array(await (await picture(face)).arrayBuffer())).toEqual(face.bytes);
  const before = asked.length;
  expect(new Uint8Array(await (await picture(face, "&kept")).arrayBuffer())).toEqual(face.bytes);
  expect(asked.length).toBe(before);
});

test("[WE157] of a picture beyond 8 MiB nothing but its list is read", async () => {
  films = [filmOf(8, pictureBytesMax), filmOf(9, pictureBytesMax + 1)];
  const [most, more] = films as [Film, Film];
  expect((await picture(most)).ok).toBe(true);
  asked = [];
  expect((await picture(more)).ok).toBe(false);
  expect((await picture({ ...more, bytes: new Uint8Array(0) })).ok).toBe(false);
  expect(asked).toEqual(["/public/films/1/list"]);
}, 30_000);

test("[WE176] what home gives no answer to is had through a page from where home is kept, and checked as ever", async () => {
  films = [filmOf(61, 5 * chunkBytes + 9), six(62), filmOf(63, 4_000)];
  const [film, other, small] = films as [Film, Film, Film];
  const wishes: string[] = [];
  elsewhere = ({ hash, bytes, at, count }) => {
    const of = films.find((one) => one.hash === hash);
    wishes.push(`${films.findIndex((one) => one.hash === hash)} ${bytes} ${at} ${count}`);
    return count === 0 ? of?.list : of?.bytes.slice(at * chunkBytes, (at + count) * chunkBytes);
  };
  await shows(film, [film]);
  const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());
  expect(await bytesOf(await piece(film, 4 * chunkBytes))).toEqual(film.bytes.slice(4 * chunkBytes));
  expect(wishes.toSorted()).toEqual([`0 ${film.bytes.length} 0 0`, `0 ${film.bytes.length} 4 2`]);
  expect(await bytesOf(await picture(small))).toEqual(small.bytes);
  // Nothing is believed that comes so, and what nobody has is not shown.
  const honest = elsewhere;
  elsewhere = (wish) => (wish.count === 0 ? honest(wish) : honest(wish)?.map((byte) => byte ^ 1));
  await shows(other, [other]);
  expect((await piece(other, 0)).type).toBe("error");
  await turns();
  expect(told).toContain("film-wrong");
  elsewhere = () => undefined;
  expect((await piece(other, 0)).type).toBe("error");
});

test("[WE176] a home that refuses has answered: nobody else is asked", async () => {
  films = [];
  const film = six(64);
  await shows(film, [film]);
  expect((await piece(film, 0)).type).toBe("error");
  expect(told).not.toContain("film-elsewhere");
});
