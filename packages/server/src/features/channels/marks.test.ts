/** Marks at home: drawn once a month, and counted once an account and film without its name. */
import { expect, test } from "bun:test";
import { type Bytes, blindToken, bucketOf, type ChannelMark, finishMark, markKeysHash, toHex } from "@yanshu/wire";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { hourMs } from "../../core/rate.ts";
import { Home, random } from "../../testkit/channel-home.ts";
import { refusal } from "../../testkit/refusal.ts";

/** All marks of one account, of this month. */
async function drawMarks(
  home: Home,
  name: string,
): Promise<{ month: number; marks: ChannelMark[]; again: () => Promise<unknown> }> {
  const { month, markKeys } = await (await home.server.client()).call("channelTerms", {});
  const phone = await (await home.server.person(name)).phone.signIn(home.server);
  const tokens = markKeys.map(() => blindToken(random));
  const args = { month, blinded: tokens.map(({ blinded }) => blinded) };
  const drawn = await phone.call("channelMarks", args);
  const marks = drawn.marks.map((one, i) => finishMark(markKeys[i] as Bytes, tokens[i] as never, one) as ChannelMark);
  expect(await phone.call("channelMarks", args)).toMatchObject({ marks: { length: 64 } }); // The answer was lost.
  const other = { month, blinded: markKeys.map(() => blindToken(random).blinded) };
  return { month, marks, again: () => refusal(phone.call("channelMarks", other)) };
}

test("[CH15] [CH16] a like counts once an account and film, is taken back, and reaches everybody by the next pack", async () => {
  const home = new Home();
  const { entry } = await home.publish("ann");
  await home.server.clock.pass(hourMs);
  const ben = await drawMarks(home, "ben");
  expect(await ben.again()).toBe("rate-limited");
  const caller = await home.server.client("192.0.2.1");
  const of = (marks: readonly ChannelMark[], hash: Bytes = entry.hash) => marks[bucketOf(hash)] as ChannelMark;
  const like = (mark: ChannelMark, change: object = {}) =>
    caller.call("channelMark", { entry: entry.hash, what: "like", isOn: true, month: ben.month, mark, ...change });
  for (let i = 0; i < 3; i++) await like(of(ben.marks));
  await like(of(ben.marks), { what: "view" });
  await home.server.clock.pass(hourMs);
  const told = async () => (await home.read()).packs.at(-1)?.counts;
  expect(await told()).toEqual([{ entry: entry.hash, likes: 1, views: 1 }]);
  await like(of(ben.marks), { isOn: false });
  await like(of(ben.marks), { isOn: false });
  await home.server.clock.pass(hourMs);
  expect(await told()).toEqual([{ entry: entry.hash, likes: 0, views: 1 }]);
  const wrong = ben.marks[(bucketOf(entry.hash) + 1) % 64] as ChannelMark;
  expect(await refusal(like(wrong))).toBe("bad-token");
  expect(await refusal(like({ input: random(32), output: random(64) }))).toBe("bad-token");
  expect(await refusal(like(of(ben.marks), { month: ben.month - 2 }))).toBe("bad-token");
  expect(await refusal(like(of(ben.marks), { entry: random(32) }))).toBe("unknown-list");
  // Of one place so many wait, and no more.
  const many = await Promise.all(Array.from({ length: 70 }, () => refusal(like(wrong))));
  expect(many.filter((one) => one === "rate-limited").length).toBeGreaterThan(0);
  // A mark is of its month and the next.
  home.server.clock.jump(62 * 24 * hourMs);
  const later = await home.server.client("192.0.2.9");
  const args = { entry: entry.hash, what: "like", isOn: true, month: ben.month, mark: of(ben.marks) } as const;
  expect(await refusal(later.call("channelMark", args))).toBe("bad-token");
}, 60_000);

test("[CH15] of two drawings at once of one account one counts", async () => {
  const home = new Home();
  const { month } = await (await home.server.client()).call("channelTerms", {});
  const ben = await home.server.person("ben");
  const phone = await ben.phone.signIn(home.server);
  const draw = () => {
    const blinded = Array.from({ length: 64 }, () => blindToken(random).blinded);
    return phone.call("channelMarks", { month, blinded }).then(
      () => "drawn",
      ({ code }) => code as string,
    );
  };
  expect((await Promise.all([draw(), draw()])).toSorted()).toEqual(["drawn", "rate-limited"]);
}, 60_000);

test("[CH32] each pack says under which keys marks are drawn, so nobody draws under keys of their own", async () => {
  const home = new Home();
  await home.publish("ann");
  await home.server.clock.pass(hourMs);
  const { month, markKeys } = await (await home.server.client()).call("channelTerms", {});
  const said = (await home.read()).packs.map(({ marks }) => marks && toHex(marks));
  expect(said.length).toBeGreaterThan(0);
  expect(new Set(said)).toEqual(new Set([toHex(markKeysHash(nodePrimitives.sha256, month, markKeys))]));
}, 60_000);

test("[CH15] marks are drawn for the month that is, all of them, and false ones of one place are tried no more", async () => {
  const home = new Home({ wrongMarksPerMinute: { prefix: 2 } });
  const { entry } = await home.publish("ann");
  const phone = await (await home.server.person("ben")).phone.signIn(home.server);
  const { month } = await (await home.server.client()).call("channelTerms", {});
  const blinded = Array.from({ length: 64 }, () => blindToken(random).blinded);
  expect(await refusal(phone.call("channelMarks", { month: month - 1, blinded }))).toBe("stale-epoch");
  expect(await refusal(phone.call("channelMarks", { month, blinded: blinded.slice(1) }))).toBe("malformed");
  expect(
    await refusal(phone.call("channelMarks", { month, blinded: blinded.with(3, new Uint8Array(32).fill(255)) })),
  ).toBe("malformed");
  const like = async (prefix: string) =>
    refusal(
      (await home.server.client(prefix)).call("channelMark", {
        entry: entry.hash,
        what: "like",
        isOn: true,
        month,
        mark: { input: random(32), output: random(64) },
      }),
    );
  expect([await like("192.0.2.1"), await like("192.0.2.1"), await like("192.0.2.1")]).toEqual([
    "bad-token",
    "bad-token",
    "rate-limited",
  ]);
  expect(await like("192.0.2.2")).toBe("bad-token");
}, 60_000);

test("[CH15] [CH30] draws are counted by account, elements are looked at before any is evaluated, and likes wait for no draw", async () => {
  let drawnBytes = 0;
  const home = new Home(
    {},
    {
      between: (ports) => ({
        ...ports,
        random: (length) => {
          drawnBytes += length;
          return ports.random(length);
        },
      }),
    },
  );
  const { entry } = await home.publish("ann");
  const ben = await drawMarks(home, "ben"); // Twice.
  const cho = await (await home.server.person("cho")).phone.signIn(home.server);
  const blinded = Array.from({ length: 64 }, () => blindToken(random).blinded);
  const draw = (elements: readonly Bytes[]) => cho.call("channelMarks", { month: ben.month, blinded: elements });
  const before = drawnBytes;
  for (let i = 0; i < 8; i++) {
    const none = new Uint8Array(32).fill(i % 2 === 0 ? 255 : 0);
    expect(await refusal(draw(blinded.with(63, none)))).toBe("malformed");
  }
  expect(await refusal(draw(blinded))).toBe("rate-limited"); // Eight are an hour's.
  expect(drawnBytes).toBe(before);
  await home.server.clock.pass(hourMs);
  const order: string[] = [];
  const drawing = draw(blinded).then(() => order.push("drawn"));
  const mark = ben.marks[bucketOf(entry.hash)] as ChannelMark;
  const caller = await home.server.client("192.0.2.1");
  await caller.call("channelMark", { entry: entry.hash, what: "like", isOn: true, month: ben.month, mark });
  order.push("liked");
  await drawing;
  expect(order).toEqual(["liked", "drawn"]);
  expect(drawnBytes).toBeGreaterThan(before);
}, 60_000);
