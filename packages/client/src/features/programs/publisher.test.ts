/** Questions of mini programs that wait for the account that gave them (docs/spec/programs.md PR58). */
import { expect, test } from "bun:test";
import { type BodyOf, givenProgramType } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { insertConversation } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { toHex } from "@yanshu/wire";
import type { Said } from "../../feature.ts";
import { ben, bytes, chatsIn, conversation, type Kind, nowMs } from "../../testing/chat.ts";
import { clientFeatures } from "../index.ts";
import { answered, asked, hasPublisher, type ProgramAsk, programAsks, publisherApi, withRoom } from "./publisher.ts";

const chat = chatsIn(createBunCrypto(), () => openBunDatabase(":memory:"), clientFeatures);
const blob = { server: "yan.test", id: bytes(1, 16), key: bytes(2, 32), bytes: 1, expiresDay: 30_000, layers: [] };
const file: BodyOf<"file"> = { kind: "file", name: "garden.ymp", type: givenProgramType, blob };

/** Ann's device, which has a program that she gave, and one that Ben gave. */
async function given(kind: Kind = "direct") {
  const { engine, db, own, ann, hears } = await chat(kind);
  const [mine, theirs] = [hears(file, {}, ann).id, hears(file).id];
  const { context } = engine;
  if (context === undefined) throw new Error("no context");
  const asks = () =>
    programAsks.read({ database: db } as Parameters<typeof programAsks.read>[0]).map(({ words }) => words);
  const said = { kind: "programAsk", author: own.account, id: mine, words: "what grows here?" } as const;
  const asking = (body: Partial<BodyOf<"programAsk">> = {}, change: Partial<Said<"programAsk">> = {}) => {
    const about = {
      conversation,
      by: ben,
      id: bytes(90, 16),
      sentAtMs: nowMs,
      isLate: false,
      group: { kind: { hasPeer: kind === "direct" } },
    };
    asked(context, { ...about, body: { ...said, ...body }, ...change } as unknown as Said<"programAsk">);
  };
  return { context, db, own, theirs, api: publisherApi(context), asks, asking };
}

test("[PR53] [PR56] a question is taken in the chat of two in which this account gave the program, while it is answered", async () => {
  const { own, theirs, api, asks, asking } = await given();
  asking();
  expect(asks()).toEqual([]); // Nobody answers yet.
  await api.answerPrograms();
  asking({}, { by: own.account });
  asking({ author: ben, id: theirs });
  asking({}, { isLate: true });
  asking({ words: "" });
  expect(asks()).toEqual([]);
  asking();
  expect(asks()).toEqual(["what grows here?"]);
  const group = await given("group");
  await group.api.answerPrograms();
  group.asking();
  expect(group.asks()).toEqual([]);
  const has = ({ context }: typeof group) => hasPublisher(context, conversation, ben, file);
  expect([has(await given()), has(group)]).toEqual([true, false]);
});

test("[PR53] whom it was asked of answers, in the chat in which it was asked, and nobody else", async () => {
  const { context, db, own, theirs, api } = await given();
  const elsewhere = bytes(41, 32);
  insertConversation(db, { conversation: elsewhere, kind: "direct", peer: bytes(61, 32), state: "open", activeMs: 0 });
  let got = "";
  const asks = api.writeForProgram(toHex(conversation), { author: toHex(ben), id: toHex(theirs) }, "what grows here?");
  const id = db.get<{ id: Uint8Array }>("SELECT id FROM outbox ORDER BY place DESC")?.id;
  const hears = async (words: string, change: object = {}) => {
    const body = { kind: "programAnswer", author: own.account, id, words };
    answered(context, { conversation, by: ben, body, ...change } as unknown as Said<"programAnswer">);
    await Promise.race([asks.then((said) => (got = said)), new Promise((done) => setTimeout(done, 1))]);
    return got;
  };
  expect(await hears("weeds", { conversation: elsewhere, by: bytes(61, 32) })).toBe("");
  expect(await hears("weeds", { by: own.account })).toBe("");
  expect(await hears("")).toBe("");
  expect(await hears("another question", { body: { kind: "programAnswer", id: bytes(3, 16), words: "weeds" } })).toBe(
    "",
  );
  expect(await hears("tea")).toBe("tea");
});

test("[PR58] of four hundred that wait the newest of who has most gives way, and nobody takes another's place", () => {
  const ask = (by: string, at: number): ProgramAsk => ({
    chat: by,
    ask: { author: by, id: `${by}${at}` },
    by,
    atMs: at,
    words: "",
  });
  const eve = Array.from({ length: 16 }, (_, at) => ask("eve", at));
  const others = Array.from({ length: 384 }, (_, at) => ask(`p${at % 200}`, at));
  const full = [...eve.slice(0, 8), ...others, ...eve.slice(8)];
  expect(withRoom(full)).toEqual(full);
  const ann = ask("ann", 1_000);
  const then = withRoom([...full, ann]);
  expect(then).toHaveLength(400);
  expect(then).toContainEqual(ann);
  // Eve's newest went, and what all others asked is there in its order.
  expect(full.filter((one) => !then.includes(one)).map(({ ask: { id } }) => id)).toEqual(["eve15"]);
  expect(withRoom([...then, ask("eve", 99)]).some(({ ask: { id } }) => id === "eve99")).toBe(false);
});
