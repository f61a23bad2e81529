/** A device's key that speaks for another account than before (docs/spec/identity.md ID3a). */
import { expect, test } from "bun:test";
import { decodeLink, fromHex } from "@yanshu/wire";
import { askingBy, stranger, throwNotes } from "./strangers.ts";
import { sayInTheDark } from "./turned.ts";
import { World } from "./world.ts";

test("[ID3a] a device whose key speaks for another account begins anew: nothing is counted or missed of it", async () => {
  const world = new World({ seed: 111 });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const id = await world.group(ann, [ben, mal], "Board");
  await world.pass(5_000);
  const seed = mal.disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = 'device-seed'")?.value;
  const second = await stranger(seed);
  const { account } = mal;
  mal.crash(); // Nobody answers what is asked.
  const words = [1, 2, 3].map((n) => ({ kind: "text" as const, text: `word ${n}`, mentions: [] }));
  await sayInTheDark(world, mal, id, words, 4);
  await world.until("Ben misses some", () => ben.disk.all("SELECT 1 FROM gaps").length > 0);
  await ann.api.removeMember(id, account);
  await world.until("Mal is out", () => ben.view("conversation", id)?.members.length === 2);
  await world.during(ann.api.makeGroupLink(id, { days: 7 }));
  await world.pass(2_000);
  const read = decodeLink((await ann.api.groupLink(id)) ?? "");
  const admitter = read?.kind === "group" ? read.link.admitters[0]?.at : undefined;
  if (read?.kind !== "group" || admitter === undefined) throw new Error("no admitter");
  const asking = await askingBy(second, read.link.secret, world.clock.nowMs());
  await throwNotes(world, { address: admitter.slice(0, 16), sealKey: admitter.slice(16) }, [asking]);
  await world.until("the other account is in", () => ben.view("conversation", id)?.members.length === 3);
  for (const one of [ann, ben]) {
    const heard = one.disk.get<{ account: Uint8Array; highest: number }>(
      "SELECT account, highest FROM heard WHERE conversation = ? AND device = ?",
      fromHex(id),
      second.device,
    );
    expect(heard).toEqual({ account: second.account, highest: 0 });
    expect(one.disk.all("SELECT 1 FROM gaps")).toEqual([]);
  }
  expect(world.bugs()).toEqual([]);
});
