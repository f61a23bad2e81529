/** What a domain's answer counts for (docs/spec/channels.md CH95, CH96). */
import { expect, test } from "bun:test";
import { migrate, migrations, writeChannelHead, writeChannelProfile } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { type Bytes, toHex, utf8 } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { domainOf } from "../../values/channel-domain.ts";
import { askDomain } from "./domains.ts";

const channel = new Uint8Array(32).fill(9);
const nowMs = 20_500 * 86_400_000;
const profile = { name: "三中", about: "", picture: new Uint8Array(), mirrors: "" };

test("[CH96] a domain's list is its yes or no, a page that is not there a no, and any other answer says nothing", async () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  writeChannelHead(db, channel, new Uint8Array(32), 0, channel);
  let answer: { readonly status: number; readonly body: Bytes } | undefined;
  const read = () => ({ database: db, nowMs });
  const context = {
    db,
    nowMs: () => nowMs,
    changed: () => undefined,
    read,
    server: { readPublic: async () => answer },
  } as unknown as FeatureContext;
  const says = () => domainOf(read(), channel).domain?.says;
  const asks = async (status: number | undefined, text = "") => {
    answer = status === undefined ? undefined : { status, body: utf8(text) };
    return [await askDomain(context, channel), says()];
  };
  await expect(asks(200)).rejects.toMatchObject({ code: "unknown-message" });
  writeChannelProfile(db, channel, 0, { ...profile, domain: "school.test" });
  const id = toHex(channel);
  for (const none of [undefined, 500, 302, 206]) expect(await asks(none, `${id}\n`)).toEqual([false, "unasked"]);
  expect(await asks(200, `# ours\n${id}\n`)).toEqual([true, "own"]);
  expect(await asks(500)).toEqual([false, "own"]);
  expect(await asks(200, "00".repeat(32))).toEqual([true, "other"]);
  await asks(200, id);
  expect(await asks(404, id)).toEqual([true, "other"]);
  db.close();
});
