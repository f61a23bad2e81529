import { expect, test } from "bun:test";
import { decodeResult, decodeServerFrame, encodeResult } from "@yanshu/wire";
import { World } from "../index.ts";

test("[ID10] [GR18] a request is quiet until it is accepted, and the greeting is its first message", async () => {
  const world = new World({ seed: 30 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const link = await world.during(ben.api.myLink());
  const chat = await world.during(ann.api.requestContact({ link, greeting: "I am Ann from choir", scanned: false }));
  await world.until("Ben is asked", () => ben.view("requests")[0]?.greeting === "I am Ann from choir");
  expect(ben.view("chats")).toEqual([]);
  expect(ben.view("requests")[0]?.name).toBe("Ann");
  expect(ann.view("conversation", chat)?.state).toBe("request-out");
  await ben.api.acceptRequest(chat);
  await world.until("Ann knows", () => ann.view("contacts")[0]?.name === "Ben");
  expect(ann.lines(chat)).toContain("friends");
  expect(world.bugs()).toEqual([]);
});

test("[GR17] both open the chat at the same moment: one conversation, both accepted", async () => {
  for (const seed of [31, 32, 33, 34]) {
    const world = new World({ seed });
    const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
    const [annLink, benLink] = [await world.during(ann.api.myLink()), await world.during(ben.api.myLink())];
    const one = ann.api.requestContact({ link: benLink, greeting: "from Ann", scanned: true });
    const other = ben.api.requestContact({ link: annLink, greeting: "from Ben", scanned: true });
    const chat = await world.during(one);
    expect(await world.during(other)).toBe(chat);
    await world.until("both are friends", () =>
      [ann, ben].every((p) => p.view("conversation", chat)?.state === "open"),
    );
    await ann.say(chat, "a");
    await ben.say(chat, "b");
    await world.until("both read both", () =>
      [ann, ben].every((p) => ["a", "b"].every((text) => p.reads(chat).includes(text))),
    );
    for (const person of [ann, ben]) expect(person.reads(chat).toSorted()).toEqual(["a", "b", "from Ann", "from Ben"]);
    expect(world.bugs()).toEqual([]);
  }
});

test("[GR21] [SY18] blocking ends it at once and tells nobody; unblocking founds anew", async () => {
  const world = new World({ seed: 35 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.api.block(ben.account);
  await world.pass(3_000);
  await ben.say(chat, "hello?");
  await world.until("Ben's shows as sent", () => ben.view("status").unsent === 0);
  await world.pass(5_000);
  expect(ann.reads(chat)).not.toContain("hello?");
  expect(ben.view("conversation", chat)?.state).toBe("open");
  await ann.api.unblock(ben.account);
  await world.pass(5_000);
  await ann.say(chat, "back again");
  await world.until("Ben reads", () => ben.reads(chat).includes("back again"));
  await ben.say(chat, "finally");
  await world.until("Ann reads", () => ann.reads(chat).includes("finally"));
  expect(world.bugs()).toEqual([]);
});

test("[DS5] a link that was reset draws nothing more; the new one does", async () => {
  const world = new World({ seed: 36 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const old = await world.during(ben.api.myLink());
  const fresh = await world.during(ben.api.resetLink());
  expect(fresh).not.toBe(old);
  await expect(world.during(ann.api.requestContact({ link: old, greeting: "", scanned: false }))).rejects.toThrow(
    "link-reset",
  );
  await world.during(ann.api.requestContact({ link: fresh, greeting: "", scanned: false }));
  await world.until("Ben is asked", () => ben.view("requests").length === 1);
});

test("[DS6] a link whose owner's devices have no key packages yet is not called used too often: one tries once more", async () => {
  const world = new World({ seed: 38 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const link = await world.during(ben.api.myLink());
  world.network.meddle(ann.device, (frame) => [withoutPackages(frame)]);
  const asks = () => world.during(ann.api.requestContact({ link, greeting: "hello", scanned: true }));
  await expect(asks()).rejects.toThrow("refused");
  world.network.meddle(ann.device, undefined);
  await asks();
  await world.until("Ben is asked", () => ben.view("requests").length === 1);
});

/** The answer to a claim, as a server gives it while none of the devices has published a package. */
function withoutPackages(frame: Uint8Array): Uint8Array {
  const decoded = frame[0] === 0x81 ? decodeServerFrame(frame) : undefined;
  if (decoded?.type !== "result") return frame;
  try {
    const claim = decodeResult("claim", decoded.body);
    return encodeResult(decoded.request, "claim", { ...claim, packages: [] });
  } catch {
    return frame; // The answer to another call.
  }
}

test("[ID11] a member's contact link also brings a newcomer onto the server", async () => {
  const world = new World({ seed: 37 });
  const ann = await world.person("Ann");
  const link = await world.during(ann.api.myLink());
  const ben = await world.device("Ben");
  const preview = await ben.api.readLink(link);
  expect(preview).toMatchObject({ kind: "contact", name: "Ann", standing: "new" });
  await world.during(ben.api.createAccount({ name: "Ben", link }));
  await world.pass(500);
  const chat = await world.during(ben.api.requestContact({ link, greeting: "hi", scanned: true }));
  await world.until("Ann is asked", () => ann.view("requests").length === 1);
  await ann.api.acceptRequest(chat);
  await world.until("friends", () => ben.view("conversation", chat)?.state === "open");
  expect(ben.view("contacts")[0]?.trust).toBe("scanned");
});

test("[ID10] what is no link, one's own, or another server's is refused in words", async () => {
  const world = new World({ seed: 38 });
  const ann = await world.person("Ann");
  await expect(ann.api.readLink("https://example.com")).rejects.toThrow("bad-link");
  const own = await world.during(ann.api.myLink());
  await expect(ann.api.requestContact({ link: own, greeting: "", scanned: false })).rejects.toThrow("own-link");
  const nobody = await world.device("Nobody");
  await expect(nobody.api.createAccount({ name: "  ", link: world.inviteLink })).rejects.toThrow("bad-name");
  await expect(nobody.api.createAccount({ name: "N", link: "nonsense" })).rejects.toThrow("bad-link");
});

test("[ID17] the recovery card is shown, asked back, and then the key is gone from the device", async () => {
  const world = new World({ seed: 39 });
  const ann = await world.person("Ann");
  expect(ann.view("status").cardConfirmed).toBe(false);
  const card = await ann.api.recoveryCard();
  expect(card.words.length).toBe(24);
  expect(
    await ann.api.confirmCard([
      { place: 0, word: "wrong" },
      { place: 5, word: card.words[5] ?? "" },
    ]),
  ).toBe(false);
  const right = [3, 17].map((place) => ({ place, word: card.words[place] ?? "" }));
  expect(await ann.api.confirmCard(right)).toBe(true);
  expect(ann.view("status").cardConfirmed).toBe(true);
  await expect(ann.api.recoveryCard()).rejects.toThrow("not-allowed");
});
