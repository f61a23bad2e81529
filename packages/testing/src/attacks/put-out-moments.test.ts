/**
 * A device that was put out knows M of before, and so all ways and logs of then. Whatever it puts there, from anywhere,
 * is not its owner's any more (docs/spec/moments.md MO173).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import {
  bodySecret,
  bodyToSign,
  cellKinds,
  cellName,
  hintOf,
  holeName,
  noWord,
  postPayload,
  sealBody,
  sealCell,
  sealHeader,
  sealWord,
  wordToSign,
} from "@yanshu/client/moments";
import { encodeMomentBody, encodeSyncItem } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { type AccountId, type Bytes, concat, fromHex, toHex } from "@yanshu/wire";
import { stolenKey } from "../evidence/evil/ghost.ts";
import { type Person, World } from "../index.ts";
import { looked, texts, words } from "../world/moments.ts";
import { crypto, sayInTheDark } from "../world/turned.ts";

setDefaultTimeout(240_000);

const hourMs = 3_600_000;
type Hole = { readonly name: Bytes; readonly value: Bytes };

function lay({ log }: World, ...holes: readonly Hole[]): void {
  log.transaction(() => {
    log.features.moments.drop(holes.map(({ name }) => name));
    log.features.moments.put(holes.map((hole) => ({ ...hole, expiresDay: 99_999, before: undefined })));
  });
}

const one = <T>(person: Person, sql: string, ...args: Uint8Array[]) => {
  const row = person.disk.get<T>(sql, ...args);
  if (row === undefined) throw new Error(sql);
  return row;
};

/** Ann has a phone and a tablet; Ben said something on her post. What the tablet knows of her Moments is kept. */
async function stolenTablet(seed: number) {
  const world = new World({ seed, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const post = await ann.api.postMoment(words("一"));
  await looked(world, ann, tablet, ben);
  const said = await ben.api.commentMoment(post, "好");
  await looked(world, ben, ann, tablet);
  const id = fromHex(post);
  const known = {
    ...one<{ root: Bytes; generation: number }>(tablet, "SELECT root, generation FROM moment_self"),
    ...one<{ secret: Bytes; day: number }>(tablet, "SELECT secret, day FROM moments WHERE id = ?", id),
    log: one<{ key: Bytes }>(tablet, "SELECT key FROM moment_own_logs ORDER BY since_ms DESC LIMIT 1").key,
    signer: await stolenKey(tablet),
    author: fromHex(ann.account) as AccountId,
  };
  const device = tablet.view("status").me?.device ?? "";
  const putOut = async () => {
    await world.during(ann.api.revokeDevice(device));
    await world.until(
      "M is another",
      () => one<{ generation: number }>(ann, "SELECT generation FROM moment_self").generation > known.generation,
      120_000,
    );
  };
  /** The first name of the body of a post in Ann's name; and that body, put there. */
  const firstOf = (secret: Bytes, part = 0) => holeName(crypto, bodySecret(crypto, known.root, secret, part));
  const putsBody = async (secret: Bytes, text: string) => {
    const atMs = world.clock.nowMs();
    const body = encodeMomentBody({ kind: "post", author: known.author, atMs, text, pictures: [] });
    const toSign = bodyToSign(crypto, { author: known.author, secret }, body);
    const signed = concat(await crypto.sign(known.signer.privateKey, toSign), body);
    const nameOf = (part: number) => firstOf(secret, part);
    const values = (await sealBody(crypto, secret, nameOf, signed)) as readonly Bytes[];
    lay(world, ...values.map((value, part) => ({ name: nameOf(part), value })));
  };
  /** A post in Ann's name: its cell at the next place of each of these, on the ways of before. */
  const posts = (text: string, ...readers: readonly Person[]) => postsBy(crypto.random(32), text, ...readers);
  const postsBy = async (secret: Bytes, text: string, ...readers: readonly Person[]) => {
    await putsBody(secret, text);
    for (const reader of readers) {
      const { way, next } = one<{ way: Bytes; next: number }>(
        reader,
        "SELECT way, next FROM moment_ways WHERE account = ? ORDER BY generation LIMIT 1",
        known.author,
      );
      const day = Math.floor(world.clock.nowMs() / (24 * hourMs));
      const cell = { kind: cellKinds.post, flags: 0, day, payload: postPayload(secret, firstOf(secret)) };
      lay(world, { name: cellName(crypto, way, next), value: await sealCell(crypto, way, next, cell) });
    }
  };
  /** What of the kind stands at the next places of the way of before to this reader: of no post, and of no log. */
  const noise = async (reader: Person, kind: number, count: number) => {
    const { way, next } = one<{ way: Bytes; next: number }>(
      reader,
      "SELECT way, next FROM moment_ways WHERE account = ? ORDER BY generation LIMIT 1",
      known.author,
    );
    const day = Math.floor(world.clock.nowMs() / (24 * hourMs));
    const holes: Hole[] = [];
    for (let place = next; place < next + count; place++) {
      const cell = { kind, flags: 0, day, payload: crypto.random(64) };
      holes.push({ name: cellName(crypto, way, place), value: await sealCell(crypto, way, place, cell) });
    }
    lay(world, ...holes);
  };
  /** A word in Ann's name where her log of before goes on: the header, and what it names. */
  const takesAway = async (kind: "hide" | "delete", about: string) => {
    const { heads } = one<{ heads: Bytes }>(ann, "SELECT heads FROM moment_logs WHERE key = ?", known.log);
    const [head, name] = [heads.slice(0, 16), crypto.random(16)];
    const of = { author: known.author, secret: known.secret };
    const word = { kind, id: crypto.random(16), about: fromHex(about), reply: noWord, atMs: 1, text: "" } as const;
    const signature = await crypto.sign(known.signer.privateKey, wordToSign(crypto, known.author, of, name, word));
    const value = (await sealWord(crypto, known.log, name, known.secret, undefined, { ...word, signature })) as Bytes;
    const next = Array.from({ length: 4 }, () => crypto.random(16));
    const header = { day: known.day & 255, hint: hintOf(crypto, known.log, of), next, word: name };
    return {
      header: { name: head, value: await sealHeader(crypto, known.log, head, header) },
      word: { name, value },
    };
  };
  const comments = (person: Person) => (person.view("moment", post)?.comments ?? []).map(({ text }) => text);
  return { world, ann, ben, tablet, post, putOut, posts, postsBy, firstOf, noise, takesAway, said, comments };
}

test("[MO173] a device that was put out posts nothing to friends: no own device signs it for them", async () => {
  const { world, ann, ben, putOut, posts } = await stolenTablet(9731);
  // It has not looked since, as one that is away: it meets both at once.
  await putOut();
  await posts("send me money", ann, ben);
  await looked(world, ann, ben, ann, ben);
  await world.pass(3 * hourMs);
  await looked(world, ann, ben, ann, ben);
  expect(texts(ben)).toEqual(["一"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO173] nor does it post or hide anything on own devices that have read what stood there when it was put out", async () => {
  const { world, ann, ben, putOut, posts, takesAway, said, comments } = await stolenTablet(9732);
  await posts("before", ann);
  await putOut();
  await world.pass(3 * hourMs);
  await looked(world, ann, ben);
  expect(texts(ann)).toEqual(["before", "一"]);
  await posts("send me money", ann, ben);
  const { header, word } = await takesAway("hide", said);
  lay(world, header, word);
  await world.pass(3 * hourMs);
  await looked(world, ann, ben, ann, ben);
  expect([texts(ann), comments(ann)]).toEqual([["before", "一"], ["好"]]);
  expect(texts(ben)).toEqual(["一"]);
  expect(comments(ben)).toEqual(["好"]);
  await ben.api.commentMoment(
    ann.view("momentsFeed", { limit: 9 }).posts.find(({ text }) => text === "一")?.id ?? "",
    "再说",
  );
  await looked(world, ben, ann);
  expect(comments(ann)).toEqual(["好", "再说"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO173] nor by what it told own devices ahead, the body of which comes once it was put out", async () => {
  const { world, ann, ben, tablet, putOut, postsBy, firstOf } = await stolenTablet(9737);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  const secret = crypto.random(32);
  const nowMs = world.clock.nowMs();
  const told = [fromHex(ben.account) as AccountId];
  const audience = { who: "all", tags: [], people: [] } as const;
  const post = { kind: "moment", secret, name: firstOf(secret), atMs: nowMs, stampMs: nowMs, audience, told } as const;
  await sayInTheDark(world, tablet, own, [{ kind: "sync", items: [encodeSyncItem(post)], complete: false }]);
  await world.until(
    "Ann's phone hears it",
    () => one<{ count: number }>(ann, "SELECT count(*) AS count FROM moments WHERE secret = ?", secret).count === 1,
  );
  await putOut();
  await world.pass(3 * hourMs);
  await looked(world, ann, ben);
  await postsBy(secret, "send me money", ben);
  await looked(world, ann, ben, ann, ben);
  await world.pass(3 * hourMs);
  await looked(world, ann, ben, ann, ben);
  expect([texts(ann), texts(ben)]).toEqual([["一"], ["一"]]);
  expect(world.bugs()).toEqual([]);
});

test.each(["hide", "delete"] as const)(
  "[MO173] nor does it take away what stands there by a word (%s) whose place alone it told before",
  async (kind) => {
    const { world, ann, ben, post, putOut, takesAway, said, comments } = await stolenTablet(9738);
    const own = await ann.api.commentMoment(post, "我也");
    await looked(world, ann, ben);
    const { header, word } = await takesAway(kind, kind === "hide" ? said : own);
    lay(world, header);
    await looked(world, ann);
    const waits = "SELECT count(*) AS count FROM moment_closed WHERE name = ?";
    expect(one<{ count: number }>(ann, waits, word.name).count).toBe(1);
    await putOut();
    await world.pass(3 * hourMs);
    await looked(world, ann, ben);
    lay(world, word);
    await world.pass(3 * hourMs);
    await looked(world, ann, ben, ann, ben);
    expect([comments(ann), comments(ben)]).toEqual([
      ["好", "我也"],
      ["好", "我也"],
    ]);
    expect(world.bugs()).toEqual([]);
  },
);

test("[MO31][MO109] nor does it make friends deaf who look at its ways still: what its owner says is read", async () => {
  const { world, ann, ben, post, putOut, noise, comments } = await stolenTablet(9733);
  await putOut();
  await looked(world, ann, ben);
  await noise(ben, cellKinds.log, 40);
  await looked(world, ben);
  for (let look = 0; look < 4; look++) {
    await noise(ben, cellKinds.post, 1_000);
    await world.during(ben.api.lookAtMoments());
  }
  await ann.api.commentMoment(post, "still me");
  await ann.api.postMoment(words("二"));
  await looked(world, ann, ben);
  expect([texts(ben), comments(ben)]).toEqual([
    ["二", "一"],
    ["好", "still me"],
  ]);
  expect(world.bugs()).toEqual([]);
});

test("[MO166] nor does it fill own devices, or keep them looking, by posts that stand nowhere", async () => {
  const { world, ann, putOut, noise } = await stolenTablet(9734);
  await putOut();
  await looked(world, ann);
  for (let look = 0; look < 4; look++) {
    await noise(ann, cellKinds.post, 1_000);
    await world.during(ann.api.lookAtMoments());
  }
  const wanted = () =>
    one<{ count: number }>(ann, "SELECT count(*) AS count FROM moments WHERE state = 'wanted'").count;
  expect(wanted()).toBeLessThan(1_300);
  await world.pass(25 * hourMs);
  await looked(world, ann);
  for (let look = 0; look < 8; look++) await world.during(ann.api.lookAtMoments());
  // Each of them rests.
  expect(
    one<{ count: number }>(ann, "SELECT count(*) AS count FROM moments WHERE state = 'wanted' AND again_ms = 0").count,
  ).toBe(0);
  await ann.api.postMoment(words("二"));
  await looked(world, ann);
  expect(texts(ann)).toEqual(["二", "一"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO167] nor does it take from friends what was said before it was put out, and not read yet", async () => {
  const { world, ann, ben, post, putOut, noise, comments } = await stolenTablet(9735);
  ben.crash();
  await ann.api.commentMoment(post, "before");
  await looked(world, ann);
  await putOut();
  await world.pass(60_000);
  await noise(ben, cellKinds.log, 40);
  await ben.switchOn();
  await world.pass(2_000);
  await looked(world, ben);
  expect(comments(ben)).toEqual(["好", "before"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO168] of cells that friends put without end so many are noted to be cleared, and no more", async () => {
  const { world, ben, noise } = await stolenTablet(9736);
  const most = 65_536;
  const noted = () => one<{ count: number }>(ben, "SELECT count(*) AS count FROM moment_clears WHERE is_own = 0").count;
  ben.disk.run(
    `INSERT INTO moment_clears (secret, due_ms, is_own, server)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT CAST(printf('%032d', i) AS BLOB), ?, 0, '' FROM n`,
    most - 100 - noted(),
    Number.MAX_SAFE_INTEGER,
  );
  await noise(ben, 200, 400);
  await looked(world, ben);
  expect(noted()).toBe(most);
  expect(world.bugs()).toEqual([]);
});
