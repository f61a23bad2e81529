/** What stays in For You while packs come. */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addChannelEntry,
  addChannelPack,
  migrate,
  migrations,
  setChannelEntryState,
  writeChannelTaste,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { toHex } from "@yanshu/wire";
import { type FeatureContext, pack as packed } from "../../feature.ts";
import { ForYouPage } from "./for-you.ts";
import { none, type ShownEntry } from "./values.ts";

const day = 20_500;
const hashOf = (at: number) => new Uint8Array(32).fill(at);
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const { sha256 } = createBunCrypto({ random });

function device() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  /** A pack with so many films, each of a channel of its own. */
  const publish = (n: number, films: readonly number[]) => {
    addChannelPack(db, { n, hash: hashOf(200 + n), day });
    for (const at of films) {
      const shown: ShownEntry = { text: `film ${at}`, tags: [], films: [], day };
      const row = { seq: 0, kind: "film", pack: n, day, about: none, words: "", state: "here", got_ms: 0 } as const;
      addChannelEntry(db, { ...row, hash: hashOf(at), channel: hashOf(100 + at), shown: packed(shown) });
    }
  };
  return { db, publish, page: new ForYouPage({ db, sha256 } as unknown as FeatureContext) };
}

test("[FY8] [FY12] what stands keeps its places when taste is forgotten, also once packs came", () => {
  const { db, publish, page } = device();
  publish(0, [1, 2, 3, 4, 5, 6]);
  page.refresh();
  const [first, second, third] = page.get()?.order ?? [];
  page.shows(second ?? "");
  writeChannelTaste(db, hashOf(6), 2, 0);
  publish(1, [7, 8, 9]);
  page.refresh();
  page.anew();
  expect(page.get()?.order.slice(0, 3)).toEqual([first, second, third] as string[]);
  db.close();
});

test("[FY11] a page that nobody began goes on with what is here, and with the newest pack", () => {
  const { db, publish, page } = device();
  publish(0, [1, 2, 3]);
  page.refresh();
  setChannelEntryState(db, hashOf(3), "deleted");
  page.learnLater();
  page.refresh();
  expect(page.get()?.order).toEqual([1, 2].map((at) => toHex(hashOf(at))));
  publish(1, [4]);
  page.refresh();
  expect([page.get()?.order.length, page.get()?.pack]).toEqual([3, hashOf(201)]);
  db.close();
});

test("[FY12] each page that begins has a number of its own, also the same page anew", () => {
  const { db, publish, page } = device();
  publish(0, [1, 2, 3]);
  page.refresh();
  page.refresh(); // Nothing of it was on screen, and nothing came.
  const turns = [page.get()?.turn];
  const [first = ""] = page.get()?.order ?? [];
  page.shows(first);
  publish(1, [4]);
  page.refresh(); // The page that is open stays.
  turns.push(page.get()?.turn);
  page.refresh(true);
  turns.push(page.get()?.turn);
  page.refresh(true);
  turns.push(page.get()?.turn);
  page.next();
  turns.push(page.get()?.turn);
  expect(turns).toEqual([1, 1, 2, 3, 4]);
  db.close();
});
