import { expect, test } from "bun:test";
import type { LiveSaid } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type AccountId, type Bytes, type DeviceId, idBytes, toHex } from "@yanshu/wire";
import type { FeatureContext, RoomCrypto, RoomEvents } from "../../feature.ts";
import type { InOrder } from "../../values/in-order.ts";
import type { LivePlace } from "./place.ts";
import { firstLiveKey, sealLive, signLive } from "./seal.ts";
import { Watch } from "./watch.ts";

test("[CA179] recorded pieces of a Live are not shown as now: none old, none of another layer from before, none to who comes back", async () => {
  const crypto = createBunCrypto();
  const pair = await crypto.signatureKeyPair(new Uint8Array(32).fill(1));
  const own: RoomCrypto = { ...crypto, sign: (message) => crypto.sign(pair.privateKey, message) };
  const device = new Uint8Array(idBytes.device).fill(1) as DeviceId;
  const account = new Uint8Array(32).fill(2) as AccountId;
  const secret = new Uint8Array(32).fill(3);
  const room = new Uint8Array(16).fill(4);
  let homeMs = 1_800_000_000_000;
  let home: RoomEvents | undefined;
  const rooms = {
    crypto: own,
    nowMs: () => homeMs,
    keyOf: () => ({ account, key: pair.publicKey }),
    watch: (_room: Bytes, events: RoomEvents) => {
      home = events;
      return { close: () => undefined };
    },
  };
  const failed = (error: unknown) => {
    throw error;
  };
  const context = { rooms, nowMs: () => homeMs, failed, after: () => undefined } as unknown as FeatureContext;
  const conversation = new Uint8Array(32) as LivePlace["conversation"];
  const sinceMs = homeMs;
  const place = {
    live: "",
    conversation,
    room,
    secret,
    author: toHex(account),
    device,
    title: "",
    sinceMs,
    id: undefined,
  };
  const heard = new Map<string, number>();
  const watches = () => new Watch(context, place, "page", heard, { changed: () => undefined, ended: () => undefined });
  const sealed = async (n: number, said: LiveSaid) =>
    sealLive(own, room, firstLiveKey(own, secret), await signLive(own, room, { device, n }, said));
  const film = (kind: "head" | "piece", layer: number, word: string): LiveSaid => {
    const bytes = new TextEncoder().encode(word);
    return kind === "head" ? { kind, layer, type: "video/mp4", bytes } : { kind, layer, bytes };
  };
  const shows = (layer: number, bytes: Bytes) =>
    home?.shown?.({ layer, isHead: false, isFirst: true, isLast: true, bytes } as never);
  // The last piece is always fresh: once it came, all before it was read. The page takes nothing until then.
  const played = async (watch: Watch, last: string) => {
    shows(1, await sealed(homeMs, film("piece", 1, last)));
    await (watch as unknown as { readonly hearing: InOrder }).hearing.done();
    const words: string[] = [];
    while (!words.includes(last))
      for (const { bytes } of (await watch.take()) ?? []) words.push(new TextDecoder().decode(bytes));
    return words;
  };

  const head = await sealed(homeMs, film("head", 1, "head"));
  const small = await sealed(homeMs + 1, film("piece", 0, "small"));
  const full = await sealed(homeMs + 2, film("piece", 1, "full"));
  const first = watches();
  homeMs += 10;
  for (const bytes of [head, full, small, head, head]) shows(1, bytes);
  // Neither what is older in the other layer, nor heads without end.
  expect(await played(first, "a")).toEqual(["full", "head", "a"]);
  first.close();

  homeMs += 10;
  const second = watches();
  for (const bytes of [head, full, small]) shows(1, bytes);
  expect(await played(second, "b")).toEqual(["head", "b"]);
  second.close();

  // Who was never there, after minutes.
  heard.clear();
  homeMs += 60_000;
  const third = watches();
  for (const bytes of [head, small, full]) shows(1, bytes);
  expect(await played(third, "c")).toEqual(["head", "c"]);
  third.close();
});
