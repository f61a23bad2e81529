/** Who is asked for a film, and whose answer counts (docs/spec/channels.md CH75, CH79, CH87). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { migrate, migrations, writeChannelHead, writeChannelProfile } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { type Bytes, filmOf, toHex } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { filmChunks, filmList } from "./mirrors.ts";
import { isMirrorName } from "./values.ts";

const { sha256 } = createBunCrypto({ random: (length) => crypto.getRandomValues(new Uint8Array(length)) });
const film = new Uint8Array(50_000).fill(7);
const { hash, list } = filmOf(sha256, film);
const hex = toHex(hash);
type Answer = { readonly status: number; readonly body: Bytes } | undefined;
const whole = (path: string): Answer =>
  path.endsWith("/list") ? { status: 200, body: list } : { status: 206, body: film.subarray(0, 32 << 10) };
const nothing = (): Answer => ({ status: 404, body: new Uint8Array() });

/** A device that knows of one home which keeps a channel. */
function device(home: (path: string) => Answer, mirror: (path: string) => Answer) {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const id = new Uint8Array(32).fill(9);
  writeChannelHead(db, id, new Uint8Array(32), 0, id);
  const profile = { name: "乡音", about: "", picture: new Uint8Array(), domain: "" };
  writeChannelProfile(db, id, 0, { ...profile, mirrors: "mirror.test" });
  const asked: string[] = [];
  const context = {
    db,
    sha256,
    nowMs: () => 5_000_000,
    serverName: () => "yan.test",
    server: {
      readPublic: async (path: string, { at }: { readonly at?: string } = {}) => {
        asked.push(`${at ?? "home"} ${path.endsWith("/list") ? "list" : "film"}`);
        return (at === undefined ? home : mirror)(path);
      },
    },
  } as unknown as FeatureContext;
  const list_ = () => filmList(context, hex, film.length);
  const chunks = () => filmChunks(context, hex, film.length, 0, 1);
  return { list: list_, chunks, asked, close: () => db.close() };
}

test("[CH75] [CH87] a mirror is asked where home is silent, and not where home answers, whatever it answers", async () => {
  const refused = device(nothing, whole);
  expect([await refused.list(), await refused.chunks()]).toEqual([undefined, undefined]);
  expect(refused.asked).toEqual(["home list", "home list"]);
  const changed = device(
    (path) => (path.endsWith("/list") ? whole(path) : { status: 206, body: new Uint8Array(32 << 10) }),
    whole,
  );
  expect(await changed.chunks()).toBeUndefined();
  expect(changed.asked).toEqual(["home list", "home film"]);
  const silent = device(() => undefined, whole);
  expect(await silent.list()).toEqual(list);
  expect(await silent.chunks()).toEqual(film.subarray(0, 32 << 10));
  expect(silent.asked).toEqual(["home list", "mirror.test list", "mirror.test film"]);
  // What a mirror says falsely is no answer.
  const evil = device(() => undefined, nothing);
  expect([await evil.list(), await evil.chunks()]).toEqual([undefined, undefined]);
  for (const one of [refused, changed, silent, evil]) one.close();
});

test("[CH74] a mirror is named as a home of the internet is, with a port or none", () => {
  for (const name of ["mirror.test", "mirror.test:8443"]) expect(isMirrorName(name)).toBe(true);
  for (const name of ["mirror.test:x", "mirror.test:", "mirror.test:1:2", "printer", "10.0.0.1"])
    expect([name, isMirrorName(name)]).toEqual([name, false]);
});
