import { expect, test } from "bun:test";
import { World } from "../index.ts";

const url = "https://example.org/dumplings?id=7";
const thumb = Uint8Array.from({ length: 300 }, (_, i) => i & 255);

async function two(seed: number) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  return { world, ann, ben, chat: await world.befriend(ann, ben) };
}

test("[AC15] a link carries its card to everybody, is forwarded with it, and loses it with an edit", async () => {
  const { world, ann, ben, chat } = await two(320);
  const id = await ann.api.sendText(chat, `看这个 ${url}`, { link: { url, title: "  曾祖母的饺子 ", thumb } });
  const seen = () => ben.items(chat).findLast(({ body }) => body.kind === "text")?.body;
  await world.until("it is there", () => ben.reads(chat).includes(`看这个 ${url}`));
  expect(seen()).toMatchObject({ link: { url, title: "曾祖母的饺子", thumb } });
  expect((await world.during(ben.api.searchMessages({ query: "曾祖母", limit: 5 }))).hits.map((hit) => hit.id)).toEqual(
    [id],
  );
  const own = await ben.api.openOwn();
  await world.until("the chat is open", () => ben.view("conversation", own)?.state === "open");
  await ben.api.forward({ from: chat, messages: [{ author: ann.account, id }], to: [own], mode: "each", note: "" });
  expect(ben.items(own).findLast(({ body }) => body.kind === "text")?.body).toMatchObject({
    link: { title: "曾祖母的饺子" },
  });
  await ann.api.edit(chat, id, `还是这个 ${url}`);
  await world.until("it is changed", () => ben.reads(chat).includes(`还是这个 ${url}`));
  expect(seen()).not.toHaveProperty("link");
  expect(world.bugs()).toEqual([]);
});

test("[AC15] a card leads nowhere but where the words say, and has bounds", async () => {
  const { ann, chat } = await two(321);
  const say = (text: string, link: { url: string; title: string; thumb?: Uint8Array }) =>
    ann.api.sendText(chat, text, { link });
  await expect(say("https://bank.example", { url: "https://evil.example", title: "x" })).rejects.toThrow("bad-link");
  await expect(say("https://bank.com", { url: "https://bank.co", title: "x" })).rejects.toThrow("bad-link");
  await expect(say("javascript:alert(1)", { url: "javascript:alert(1)", title: "x" })).rejects.toThrow("bad-link");
  await expect(say(url, { url, title: " " })).rejects.toThrow("empty");
  await expect(say(url, { url, title: "x".repeat(201) })).rejects.toThrow("too-long");
  await expect(say(url, { url, title: "x", thumb: new Uint8Array(16 * 1024 + 1) })).rejects.toThrow("bad-picture");
});

test("[AC14] a text of over 16 KiB is refused as a message", async () => {
  const { world, ann, ben, chat } = await two(322);
  const most = "信".repeat(5_461);
  await ann.say(chat, most);
  await world.until("what fits arrives", () => ben.reads(chat).includes(most));
  await expect(ann.say(chat, `${most}信`)).rejects.toThrow("too-long");
});
