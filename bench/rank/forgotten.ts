/**
 * How long a device takes to forget all taste (docs/spec/feed.md FY8): what it stores of it, on disk, the model, and
 * the order of the page, which stands as for somebody new. The client is the app's own, over a store with many films.
 */
import { join } from "node:path";
import { addChannelEntry, addChannelPack, addChannelTag, writeChannelTaste, writeChannelTopic } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { encodeAs, filmRef, list, struct, text, toHex, uint } from "@yanshu/wire";
import { clientAlone } from "../client-alone.ts";
import { withFolder } from "../folder.ts";

/** As many as the graph of a device knows, and as many as count for taste. */
export const forgottenSizes = { whole: { films: 5_000, watched: 2_000 }, quick: { films: 200, watched: 60 } } as const;
const channels = 250;
const tags = 120;
const none = new Uint8Array();
/** What a device keeps of an entry that it shows. */
const shownEntry = struct({ text: text(40), tags: list(text(40), 2), films: list(filmRef, 1), day: uint() });
const dayMs = 86_400_000;

/** @returns milliseconds of each time; `left`: rows of taste that were there after it. */
export const forgottenMs = (
  { films, watched }: { readonly films: number; readonly watched: number },
  times: number,
): Promise<{ readonly ms: readonly number[]; readonly left: number }> =>
  withFolder(async (folder) => {
    const database = openBunDatabase(join(folder, "device.sqlite"));
    const client = clientAlone(database);
    const day = Math.floor(Date.now() / dayMs);
    const hashes = Array.from({ length: films }, (_, n) => nameOf(1, n));
    database.transaction(() => {
      addChannelPack(database, { n: 0, hash: nameOf(3, 0), day });
      for (const [n, hash] of hashes.entries()) {
        const own = [n % tags, (n * 7) % tags].map((tag) => `话题${tag}`);
        const shown = encodeAs(shownEntry, { text: `第 ${n} 条`, tags: own, films: [], day });
        const row = { hash, channel: nameOf(2, n % channels), seq: Math.floor(n / channels), kind: "film", pack: 0 };
        addChannelEntry(database, { ...row, day, about: none, words: "", shown, state: "here", got_ms: n });
        for (const tag of own) addChannelTag(database, tag, hash);
      }
    });
    const ms: number[] = [];
    let left = 0;
    for (let time = 0; time < times; time++) {
      database.transaction(() => {
        for (const [n, hash] of hashes.slice(0, watched).entries())
          writeChannelTaste(database, hash, n % 3 === 0 ? 2 : 1, n);
        for (let tag = 0; tag < tags; tag++) writeChannelTopic(database, `话题${tag}`, tag % 5);
      });
      await client.api.firstPage();
      const [first] = hashes;
      if (first !== undefined) await client.api.notInterested(toHex(first));
      const began = performance.now();
      await client.api.forgetTaste();
      ms.push(performance.now() - began);
      left += database.get<{ count: number }>("SELECT count(*) AS count FROM channel_taste")?.count ?? 0;
    }
    database.close();
    return { ms, left };
  });

function nameOf(kind: number, n: number): Uint8Array {
  const name = new Uint8Array(32).fill(kind);
  new DataView(name.buffer).setUint32(8, n);
  return name;
}
