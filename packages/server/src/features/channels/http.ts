/**
 * What is public, over HTTP (docs/spec/channels.md CH17): without account, cookie or session, the same for everybody,
 * and unchangeable where it is named by its hash, so that any cache, mirror or CDN may carry it.
 */
import {
  type Bytes,
  encodeOwnChannels,
  encodePackHead,
  encodePublicHome,
  fromHex,
  ownChannelsPath,
  type PublicHome,
  publicLimits,
  publicPath,
  toHex,
  utf8,
} from "@yanshu/wire";
import type { FilmDisk, StoredFilm } from "../../blobs/store.ts";
import type { Clock } from "../../core/ports.ts";
import { minuteMs, RateLimit } from "../../core/rate.ts";
import type { HttpAnswer, HttpRequest } from "../../feature.ts";
import type { Films } from "./films.ts";
import type { Heads } from "./heads.ts";
import type { Mirror } from "./mirror.ts";
import type { Packs } from "./packs.ts";
import type { ChannelTables } from "./tables.ts";

/** Behind it stands the name of the home whose channels are meant. */
const mirrorsPath = `${publicPath}mirrors/`;
/** Mirrors and apps of other homes read here too; nobody is known by a request. */
const forPagesOfOthers = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "content-range, accept-ranges",
  "cross-origin-resource-policy": "cross-origin",
};
const forever = "public, max-age=31536000, immutable";
/** Of packs and heads: an entry that is withdrawn leaves caches within that time. */
const forMinutes = "public, max-age=300";
const forSeconds = "public, max-age=5";
const streamBytes = publicLimits.chunksPerCallMax * publicLimits.chunkBytes;
/** The longest range of one answer; a client asks for the rest. */
const rangeBytesMax = 4 << 20;

const preflight: HttpAnswer = {
  status: 204,
  headers: {
    ...forPagesOfOthers,
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "range",
    "access-control-max-age": "86400",
  },
};

export type PublicParts = {
  readonly tables: ChannelTables;
  readonly packs: Packs;
  readonly films: Films;
  readonly heads: Heads;
  readonly disk: FilmDisk;
  readonly clock: Clock;
  readonly mirror: Mirror;
  /** This home's name, and the key that signs its packs. */
  readonly home: PublicHome;
};

export class PublicHttp {
  private readonly parts: PublicParts;
  private readonly requests: RateLimit;

  constructor(parts: PublicParts, perMinute: number) {
    this.parts = parts;
    this.requests = new RateLimit(perMinute, minuteMs);
  }

  /** @checks CH17 */
  async answer(request: HttpRequest): Promise<HttpAnswer> {
    const { method, prefix } = request;
    if (method === "OPTIONS") return preflight;
    if (method !== "GET") return refused(405);
    if (prefix !== undefined && !this.requests.take(prefix, this.parts.clock.nowMs())) return refused(429);
    const { headers, ...answer } = await this.route(request);
    return { ...answer, headers: { ...headers, ...forPagesOfOthers } };
  }

  /** @checks CH17 */
  private async route(request: HttpRequest): Promise<HttpAnswer> {
    const { tables, packs, films, heads, home } = this.parts;
    if (request.path.startsWith(mirrorsPath)) return this.mirrored(request); // not a check: a way of its own.
    // not a check: a way of its own.
    if (request.path === ownChannelsPath) return ownOf(tables.ownChannels());
    // not a check: a way of its own.
    if (request.path === `${publicPath}home`) return bytesOf(encodePublicHome(home), forMinutes);
    const [, what = "", of = "", more] =
      /^\/public\/([a-z]+)(?:\/([0-9a-f-]{1,64}))?(\/list)?$/.exec(request.path) ?? [];
    if (what === "head" && of === "") {
      const newest = tables.newest();
      return newest === undefined
        ? refused(404)
        : bytesOf(encodePackHead({ n: newest.n, hash: newest.hash }), forSeconds);
    }
    if (what === "packs" && more === undefined) {
      const [, first = "", last] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(of) ?? [];
      if (first === "") return refused(404);
      const found = last === undefined ? packs.file(Number(first)) : packs.files(Number(first), Number(last));
      return found === undefined ? refused(404) : bytesOf(found, forMinutes);
    }
    if (!/^[0-9a-f]{64}$/.test(of)) return refused(404);
    const hash = fromHex(of);
    // not a check: a way of its own.
    if (what === "heads" && more === undefined) {
      const found = await heads.of(hash);
      return found === undefined ? refused(404) : bytesOf(found, forMinutes);
    }
    const film = what === "films" ? films.shown(hash) : undefined;
    if (film === undefined) return refused(404);
    if (more !== undefined) return bytesOf(film.list, forever); // not a check: a way of its own.
    return this.film({ id: toHex(film.hash), bytes: film.bytes }, request);
  }

  /** What another home shows, as it is kept here (CH6). @checks CH70 */
  private mirrored(request: HttpRequest): HttpAnswer {
    const { mirror } = this.parts;
    const [, home = "", what = "", of = "", more] =
      /^([a-z0-9.:-]{1,255})\/(home|head|packs|films)(?:\/([0-9a-f-]{1,64}))?(\/list)?$/.exec(
        request.path.slice(mirrorsPath.length),
      ) ?? [];
    if (what === "home" && of === "") {
      const key = mirror.key(home);
      return key === undefined ? refused(404) : bytesOf(encodePublicHome({ home, key }), forMinutes);
    }
    if (what === "head" && of === "") {
      const head = mirror.head(home);
      return head === undefined ? refused(404) : bytesOf(encodePackHead(head), forSeconds);
    }
    if (what === "packs" && more === undefined) {
      const [, first = "", last] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(of) ?? [];
      if (first === "") return refused(404);
      const from = Number(first);
      const found = last === undefined ? mirror.pack(home, from) : mirror.packs(home, from, Number(last));
      return found === undefined ? refused(404) : bytesOf(found, forMinutes);
    }
    const film = what === "films" && /^[0-9a-f]{64}$/.test(of) ? mirror.shown(home, fromHex(of)) : undefined;
    if (film === undefined) return refused(404);
    return more === undefined ? this.film(film.on, request) : bytesOf(film.list, forever);
  }

  /** Read as it is taken, and never in memory as a whole. */
  private film(film: StoredFilm, request: HttpRequest): HttpAnswer {
    const { bytes } = film;
    const asked = request.header("range");
    const [, first = "", last = ""] = /^bytes=(\d{1,12})-(\d{0,12})$/.exec(asked ?? "") ?? [];
    const isRange = asked !== null && first !== "";
    const from = isRange ? Number(first) : 0;
    const most = isRange ? Math.min(bytes, from + rangeBytesMax) : bytes;
    const end = isRange && last !== "" ? Math.min(most, Number(last) + 1) : most;
    if (end <= from) return { ...refused(416), headers: { "content-range": `bytes */${bytes}` } };
    const headers = {
      // What it is stands in the entry, which is signed; no browser makes a page of it.
      "content-type": "application/octet-stream",
      "accept-ranges": "bytes",
      "cache-control": forever,
      ...(isRange ? { "content-range": `bytes ${from}-${end - 1}/${bytes}` } : {}),
    };
    return { status: isRange ? 206 : 200, headers, stream: this.streamed(film, from, end) };
  }

  private streamed(film: StoredFilm, from: number, end: number) {
    const { disk } = this.parts;
    if (disk.file !== undefined) return disk.file(film, from, end - from);
    let at = from;
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        if (at >= end) return controller.close();
        const bytes = await disk.read(film, at, Math.min(streamBytes, end - at));
        at += bytes.length;
        if (bytes.length === 0) controller.error(new Error("less is there than was"));
        else controller.enqueue(bytes);
      },
    });
  }
}

/** As a web server would serve the file: none where nothing stands in it. */
function ownOf(channels: readonly Bytes[]): HttpAnswer {
  if (channels.length === 0) return refused(404); // not a check: nothing is kept from anybody.
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": forMinutes };
  return { status: 200, headers, body: encodeOwnChannels(channels) };
}

function bytesOf(body: Bytes, cache: string): HttpAnswer {
  return { status: 200, headers: { "content-type": "application/octet-stream", "cache-control": cache }, body };
}

function refused(status: number): HttpAnswer {
  const words: Readonly<Record<number, string>> = {
    404: "not here",
    405: "only GET",
    416: "no such range",
    429: "too often",
  };
  return {
    status,
    headers: { "content-type": "text/plain", "cache-control": "no-store" },
    body: utf8(words[status] ?? "refused"),
  };
}
