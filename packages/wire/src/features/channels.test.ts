/** Channels on the wire: what an entry of each kind may say, and that the largest of each call fits a frame. */
import { expect, test } from "bun:test";
import { MalformedError, utf8 } from "../bytes.ts";
import { limits } from "../limits.ts";
import type { FilmRef } from "../public/entries.ts";
import { publicLimits } from "../public/limits.ts";
import { encodeAs } from "../schema.ts";
import {
  channelBodies,
  channelLimits,
  channels,
  encodeOwnChannels,
  filmTokens,
  isChannelEntry,
  isChannelKind,
  isDomain,
  namesChannel,
} from "./channels.ts";

const hash = new Uint8Array(32).fill(7);
const ref = (mime: string, more: object = {}): FilmRef => ({ hash, bytes: 10, mime, width: 1, height: 1, ...more });
const film = ref("video/mp4", { durationMs: 9_000 });

test("[CH20] a film has one film of 1 second to 10 minutes, pictures at most 35 and a sound behind them, and others none", () => {
  const shown = channelBodies.film.encode({ text: "外婆的菜园", tags: ["菜园", "Garten_2", "外婆·家"] });
  const isTaken = (kind: string, films: readonly FilmRef[], body = shown) => isChannelEntry({ kind, body, films });
  expect(isTaken("film", [film])).toBe(true);
  const voice = { ...film, mime: "audio/mp4" };
  for (const films of [[], [film, film], [ref("image/webp")], [ref("video/mp4")], [voice]])
    expect(isTaken("film", films)).toBe(false);
  for (const [durationMs, is] of [
    [999, false],
    [1_000, true],
    [600_000, true],
    [600_001, false],
  ] as const)
    expect(isTaken("film", [ref("video/mp4", { durationMs })])).toBe(is);
  const pictures = Array.from({ length: 35 }, () => ref("image/webp"));
  expect(isTaken("pictures", [...pictures, ref("audio/mp4")])).toBe(true);
  for (const films of [
    [],
    [...pictures, ref("image/png")],
    [film],
    [ref("audio/mp4"), ...pictures],
    [ref("audio/mp4")],
  ])
    expect(isTaken("pictures", films)).toBe(false);
  const comment = channelBodies.comment.encode({ entry: hash, text: "好看" });
  expect(isTaken("comment", [], comment)).toBe(true);
  expect(isTaken("comment", [film], comment)).toBe(false);
  expect(isTaken("profile", [ref("image/webp")], channelBodies.profile.encode({ name: "教会" }))).toBe(true);
  expect(isTaken("profile", [film], channelBodies.profile.encode({ name: "教会" }))).toBe(false);
});

test("[CH31] a picture, poster or a channel's own picture has at most 8 MiB, and captions one", () => {
  const shown = channelBodies.film.encode({ text: "", tags: [] });
  const stored = (mime: string, bytes: number) => ({ hash, mime, bytes });
  const size = { width: 1, height: 1 };
  const profile = channelBodies.profile.encode({ name: "教会" });
  for (const more of [0, 1]) {
    const [picture, words] = [channelLimits.pictureBytesMax + more, channelLimits.captionsBytesMax + more];
    const isTaken = more === 0;
    const of = (kind: string, body: Uint8Array, one: FilmRef) => isChannelEntry({ kind, body, films: [one] });
    expect(of("pictures", shown, ref("image/webp", { bytes: picture }))).toBe(isTaken);
    expect(of("profile", profile, ref("image/webp", { bytes: picture }))).toBe(isTaken);
    expect(of("film", shown, { ...film, poster: stored("image/webp", picture) })).toBe(isTaken);
    expect(of("film", shown, { ...film, captions: [{ ...stored("text/vtt", words), language: "en" }] })).toBe(isTaken);
    const renditions = [{ ...stored("image/webp", picture), ...size }];
    expect(of("pictures", shown, ref("image/webp", { renditions }))).toBe(isTaken);
  }
  expect(isChannelEntry({ kind: "film", body: shown, films: [{ ...film, bytes: 200 << 20 }] })).toBe(true);
});

test("[CH20] a body that its kind does not have is refused; a kind of a later version is taken as it is", () => {
  for (const kind of Object.keys(channelBodies)) expect(isChannelEntry({ kind, body: utf8("x") })).toBe(false);
  expect(isChannelKind("duet")).toBe(false);
  expect(isChannelEntry({ kind: "duet", body: utf8("x"), films: [film] })).toBe(true);
  for (const tag of ["", "two words", "#sign", "x".repeat(41)])
    expect(() => channelBodies.film.encode({ text: "", tags: [tag] })).toThrow(MalformedError);
  expect(() => channelBodies.comment.encode({ entry: hash, text: "x".repeat(501) })).toThrow(MalformedError);
});

test("[CH18] the largest film's begin, its chunks and an append of sixteen entries fit a frame", () => {
  const token = { epoch: 1, input: hash, output: new Uint8Array(64) };
  const { filmBytesMax, chunkBytes, chunksPerCallMax } = publicLimits;
  expect([1, 16 << 20, (16 << 20) + 1, filmBytesMax].map(filmTokens)).toEqual([1, 1, 2, 16]);
  const begin = encodeAs(channels.filmBegin.args, {
    film: hash,
    bytes: filmBytesMax,
    list: new Uint8Array(4 + (filmBytesMax / chunkBytes) * 32),
    tokens: Array.from({ length: filmTokens(filmBytesMax) }, () => token),
  });
  const chunks = encodeAs(channels.filmChunks.args, {
    film: hash,
    at: 8_184,
    bytes: new Uint8Array(chunksPerCallMax * chunkBytes),
  });
  const append = encodeAs(channels.channelAppend.args, {
    tokens: Array.from({ length: channelLimits.appendTokens }, () => token),
    entries: Array.from({ length: 16 }, () => new Uint8Array(publicLimits.entryBytesMax)),
  });
  for (const { length } of [begin, chunks, append]) expect(length).toBeLessThan(limits.frameBytesMax - 100);
});

test("[CH95] a domain names a channel by a line with its id, and is a name of the internet", () => {
  const [id, other] = [hash, new Uint8Array(32).fill(8)];
  const names = (text: string) => namesChannel(utf8(text), id);
  const hex = "07".repeat(32);
  expect(namesChannel(encodeOwnChannels([other, id]), id)).toBe(true);
  expect(namesChannel(encodeOwnChannels([other]), id)).toBe(false);
  for (const text of [hex, `# ours\r\n ${hex} # 三中\r\n`, `${"A".repeat(64)}\n${hex}`]) expect(names(text)).toBe(true);
  for (const text of ["", `#${hex}`, `${hex}00`, `x${hex}`, `<p>${hex}</p>`, `${hex} ${hex}`, hex.slice(2)])
    expect([text, names(text)]).toEqual([text, false]);
  expect(namesChannel(new Uint8Array([255, 254, 0]), id)).toBe(false);
  for (const name of ["school.example", "xn--fiq228c.xn--fiqs8s", "a.b.example"]) expect(isDomain(name)).toBe(true);
  for (const name of ["", "school", "school.local", "10.0.0.1", "[::1]", "school.example:8443", "School.example"])
    expect([name, isDomain(name)]).toEqual([name, false]);
});
