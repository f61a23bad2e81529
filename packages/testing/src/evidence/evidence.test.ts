/**
 * The evidence itself: each check fails when what it watches for is there, and is void when it could not have seen it.
 */
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Database } from "@yanshu/store";
import fc from "fast-check";
import type { Person, WrapPorts } from "../world/person.ts";
import { allOf, jsonOf, noneOf, totalOf } from "./check.ts";
import type { Attack } from "./evil/attack.ts";
import { forked } from "./evil/forked.ts";
import { ghostEntry, ghostInPlace, ghostPackage } from "./evil/ghost-device.ts";
import { ghostWelcome, outsiderCommit, removedCommit } from "./evil/ghost-member.ts";
import { splitList, swappedKey } from "./evil/identity.ts";
import { deniedMember, refusedRemoval } from "./evil/lies.ts";
import { forgedMoments, withheldPost, withheldWord } from "./evil/moments.ts";
import { forgedHistory, forgedRecord } from "./evil/recovery.ts";
import { filledList, revokedDevice, revokedWords } from "./evil/thief.ts";
import { droppedCommit, droppedMessage, replayed } from "./evil/traffic.ts";
import { postOpenly } from "./real/control.ts";
import { Deployment } from "./real/deployment.ts";
import type { Device } from "./real/device.ts";
import { judge, watch } from "./real/operator.ts";
import { foreignIn, isStrict } from "./real/page.ts";
import type { Played } from "./real/scenario.ts";
import { Canaries, needlesOf } from "./scan/canary.ts";
import { announced, unannounced } from "./scan/compressed.ts";
import { framingsIn } from "./scan/framing.ts";
import { createMatcher } from "./scan/matcher.ts";

// ---- the search ----

test("[P1] the search finds a canary in every form, wherever it stands, and finds no other", () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const forms = needlesOf(new Canaries().make("any")).length;
  fc.assert(
    fc.property(bytes, bytes, fc.nat(forms - 1), (before, after, number) => {
      const [canary, other] = [new Canaries().make("one"), new Canaries().make("other")];
      const hidden = needlesOf(canary)[number % needlesOf(canary).length];
      const haystack = Buffer.concat([before, hidden?.bytes ?? Buffer.alloc(0), after]);
      const found = createMatcher([...needlesOf(canary), ...needlesOf(other)])(haystack);
      expect(found.some(({ needle, at }) => needle.form === hidden?.form && at === before.length)).toBe(true);
      expect(found.every(({ needle }) => needle.name === "one")).toBe(true);
    }),
  );
});

test("[P1] base64 is found whatever stands before and after, in both alphabets", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 9 }),
      fc.uint8Array({ maxLength: 9 }),
      fc.boolean(),
      (before, after, url) => {
        const canary = new Canaries().make("one");
        const text = Buffer.concat([before, canary.bytes, after]).toString(url ? "base64url" : "base64");
        expect(createMatcher(needlesOf(canary))(Buffer.from(text)).length).toBeGreaterThan(0);
      },
    ),
  );
});

test("[P1] a canary inside a compressed stream is found, cut off and followed by noise", () => {
  const canary = new Canaries().make("one");
  const matcher = createMatcher(needlesOf(canary));
  const words = `${"此地无银三百两 ".repeat(40)}${canary.text}${"隔壁阿二不曾偷 ".repeat(40)}`;
  const noise = crypto.getRandomValues(new Uint8Array(37));
  for (const pack of [gzipSync, deflateSync, zstdCompressSync]) {
    const haystack = Buffer.concat([noise, pack(words), noise]);
    expect([...announced(haystack)].some((opened) => matcher(opened).length > 0)).toBe(true);
  }
  for (const pack of [brotliCompressSync, deflateRawSync]) {
    const haystack = Buffer.concat([noise.subarray(0, 17), pack(words)]);
    expect([...unannounced(haystack)].some((opened) => matcher(opened).length > 0)).toBe(true);
  }
});

test("[P1] MLS framing is known by its shape: the messages of others too, no key package, no noise", () => {
  const id = crypto.getRandomValues(new Uint8Array(32));
  const header = (format: number) => Buffer.concat([Uint8Array.of(0, 1, 0, format, 32), id, new Uint8Array(8)]);
  const around = (bytes: Uint8Array) => Buffer.concat([Buffer.alloc(50, 1), bytes, Buffer.alloc(50, 1)]);
  expect(framingsIn(around(header(2))).map(({ kind }) => kind)).toEqual(["private"]);
  expect(framingsIn(around(header(1))).map(({ kind }) => kind)).toEqual(["public"]);
  expect(framingsIn(around(header(2)), [id])).toEqual([]);
  expect(framingsIn(around(header(5)))).toEqual([]);
  const welcome = Buffer.concat([Uint8Array.of(0, 1, 0, 3, 0, 1, 0x40, 0x90), id]);
  expect(framingsIn(around(welcome)).map(({ kind }) => kind)).toEqual(["welcome"]);
  expect(framingsIn(crypto.getRandomValues(new Uint8Array(60_000)))).toEqual([]);
  expect(framingsIn(new Uint8Array(60_000))).toEqual([]);
});

test("[P5] a policy with a hole is not strict; an address in code is foreign, one in a comment is not", () => {
  expect(isStrict("default-src 'none'; script-src 'self'; connect-src 'self'")).toBe(true);
  expect(isStrict("default-src 'self'; script-src 'self'")).toBe(false);
  expect(isStrict("default-src 'none'; script-src 'self' 'unsafe-inline'")).toBe(false);
  expect(isStrict("default-src 'none'; img-src https://cdn.example.net")).toBe(false);
  expect(isStrict("")).toBe(false);
  expect(foreignIn('fetch("https://stats.example.net/x")')).toEqual(["https://stats.example.net/x"]);
  expect(foreignIn("/* see\n https://stats.example.net */ fetch('wss://a.example.net')")).toEqual([
    "wss://a.example.net",
  ]);
  expect(foreignIn('<svg xmlns="http://www.w3.org/2000/svg">')).toEqual([]);
  // A header extension of RTP has such a name; any other address at the same host is one.
  const extension = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
  expect(foreignIn(`a=extmap:3 "${extension}"`)).toEqual([]);
  expect(foreignIn(`fetch("${extension}/x")`)).toEqual([`${extension}/x`]);
});

test("[P7] a check that could not have seen anything is void, and void is not passed", () => {
  const checks = [
    noneOf("a", "", { hits: 0, figure: "" }, true),
    noneOf("b", "", { hits: 0, figure: "" }, false),
    noneOf("c", "", { hits: 1, figure: "" }, true),
    allOf("d", "", { one: true, two: false }, true, ""),
    allOf("e", "", { one: true }, false, ""),
  ];
  expect(checks.map(({ verdict }) => verdict)).toEqual(["pass", "void", "fail", "fail", "void"]);
  expect(jsonOf(checks).map(({ ok }) => ok)).toEqual([true, false, false, false, false]);
  expect(totalOf(checks)).toBe("1 passed, 4 failed");
});

// ---- the real server ----

/** Two people, three messages, one of them waiting on the server. */
async function shortMessage(deployment: Deployment): Promise<Played> {
  const [ann, ben] = [await deployment.person("Ann"), await deployment.person("本")];
  const conversation = await deployment.befriend(ann, ben);
  await deployment.settled();
  ben.network(false);
  const text = deployment.canaries.text("a message that waits");
  await ann.api.sendText(conversation, `给你留言：${text}`);
  await deployment.settled();
  return { away: ben, waiting: { conversation, text } };
}

test("[P1] an honest short message passes, and without the control every search is void", async () => {
  const deployment = await Deployment.start();
  try {
    const sight = await watch(deployment, shortMessage);
    expect(judge(sight).flatMap(({ id, verdict }) => (verdict === "pass" ? [] : [id]))).toEqual([]);
    const blind = { ...sight.waiting, memory: undefined };
    const verdicts = judge({ ...sight, waiting: blind }).map(({ id, verdict }) => `${id} ${verdict}`);
    expect(verdicts).toContain("P1.control fail");
    for (const id of ["P1.disk", "P1.memory", "P1.logs", "P1.traffic", "P1.keys", "P1.framing"])
      expect(verdicts).toContain(`${id} void`);
  } finally {
    await deployment.end();
  }
}, 180_000);

/** What leaks, and the rows that fail by it. */
const leaks: readonly [tamper: (deployment: Deployment, away: Device) => Promise<void>, failing: readonly string[]][] =
  [
    [
      async (deployment, away) => {
        const said = deployment.canaries.all.find(({ name }) => name === "a message that waits");
        const words = [gzipSync(`leaked ${said?.text}`), Buffer.from(said?.text ?? "")];
        await postOpenly(await deployment.recorder(), away, words);
      },
      ["P1.disk", "P1.memory", "P1.traffic"],
    ],
    [
      async (deployment, away) => {
        const message = deployment.secrets.messages.at(-1) ?? new Uint8Array();
        const key = [...deployment.secrets.keys.values()].at(-1) ?? new Uint8Array();
        await postOpenly(await deployment.recorder(), away, [message, Buffer.from(Buffer.from(key).toString("hex"))]);
      },
      ["P1.keys", "P1.framing"],
    ],
    [
      async (deployment, away) => {
        const { folder } = deployment.server;
        const name = deployment.canaries.all[0]?.bytes ?? Buffer.alloc(0);
        writeFileSync(join(folder, "notes.tmp"), Buffer.concat([Buffer.alloc(5_000), name]));
        const program = deployment.origins.all[0]?.text;
        const conversation = away.view("chats")[0]?.conversation;
        writeFileSync(join(folder, "access.log"), `${deployment.addresses[1]} "${program}" ${conversation}`);
      },
      ["P1.disk", "P2.conversations", "P2.origin"],
    ],
  ];

// One server for all of them: a server and its people cost more than what is looked for.
test("[P1] [P2] a message, a bare MLS message, a key, a name, an address, a program or a conversation's id that leaks fails, each in its row", async () => {
  const deployment = await Deployment.start();
  try {
    const sight = await watch(deployment, shortMessage, async (...to) => {
      for (const [tamper] of leaks) await tamper(...to);
    });
    const failed = judge(sight).flatMap(({ id, verdict }) => (verdict === "pass" ? [] : [id]));
    expect(failed.toSorted()).toEqual([...new Set(leaks.flatMap(([, failing]) => failing))].toSorted());
  } finally {
    await deployment.end();
  }
}, 180_000);

// ---- the evil operator: the evidence shows that each fails against the devices as they are ----

test.each<[string, Attack, string]>([
  ["ghost package", ghostPackage, "refused"],
  ["ghost entry", ghostEntry, "refused"],
  ["ghost Welcome", ghostWelcome, "the conversation stays in its group"],
  ["swapped key", swappedKey, "the person is told, each time"],
  ["split list", splitList, "noticed"],
  ["forged record", forgedRecord, "the person is told"],
  ["forged history", forgedHistory, "noticed"],
  ["revoked device", revokedDevice, "nobody is frozen"],
  ["revoked words", revokedWords, "the group goes on"],
  ["filled list", filledList, "the card comes back"],
  ["forged moments", forgedMoments, "no word in another's name"],
  ["removed member", removedCommit, "the gate refuses"],
])(
  "[P3] %s: with what an operator does not have it succeeds, and the row fails",
  async (_name, attack) => {
    expect((await attack({ stolenKey: true })).verdict).toBe("fail");
  },
  60_000,
);

/** Statements that begin so are swallowed on the devices of `name`. */
function swallowing(
  name: string,
  begins: string,
  concerns: (params: readonly unknown[]) => boolean = () => true,
): WrapPorts {
  return (ports, person) =>
    person.name === name ? { ...ports, database: without(ports.database, begins, concerns) } : ports;
}

function without(database: Database, begins: string, concerns: (params: readonly unknown[]) => boolean): Database {
  return {
    ...database,
    run: (sql, ...params) => (sql.trim().startsWith(begins) && concerns(params) ? 1 : database.run(sql, ...params)),
  };
}

/** Not what somebody said. */
const isLine = (params: readonly unknown[]) => params[4] === "system";

/** Texts of others stand there twice, as on a device that knows no repeats. */
const doubling: WrapPorts = (ports, person: Person) => {
  if (person.name !== "Ben") return ports;
  const { database } = ports;
  const run: Database["run"] = (sql, ...params) => {
    if (sql.trim().startsWith("INSERT INTO messages") && params[4] === "text" && params[6] === "sent") {
      const [conversation, author, id, ...rest] = params;
      database.run(sql, conversation ?? null, author ?? null, Uint8Array.from(id as Uint8Array).reverse(), ...rest);
    }
    return database.run(sql, ...params);
  };
  return { ...ports, database: { ...database, run } };
};

test.each<[string, Attack, string, WrapPorts]>([
  ["ghost in place", ghostInPlace, "noticed", swallowing("Ann", "INSERT INTO diagnostics")],
  ["ghost commit", outsiderCommit, "noticed", swallowing("Ben", "INSERT INTO diagnostics")],
])(
  "[P3] %s: a device that does not notice fails the row",
  async (_name, attack, fact, wrapPorts) => {
    const broken = await attack({ wrapPorts });
    expect(broken.verdict).toBe("fail");
    expect(broken.figure).toContain(fact);
  },
  60_000,
);

test.each<[string, Attack, string, WrapPorts]>([
  ["dropped message, gaps forgotten", droppedMessage, "recovered", swallowing("Cat", "INSERT INTO gaps")],
  [
    "dropped commit, nobody let in again",
    droppedCommit,
    "let in again",
    swallowing("Ann", "INSERT INTO jobs", (params) => params[1] === "replace"),
  ],
  ["withheld post, gaps forgotten", withheldPost, "told as a gap", swallowing("Ben", "INSERT INTO moment_gaps")],
  ["withheld word, gaps forgotten", withheldWord, "told as gaps", swallowing("Ben", "INSERT INTO moment_gaps")],
  ["replayed, repeats shown", replayed, "nothing doubled", doubling],
  [
    "forked, nobody founds anew",
    forked,
    "let in again by a new group",
    swallowing("Ann", "INSERT INTO jobs", (params) => params[1] === "recreate"),
  ],
  ["denied member, no line", deniedMember, "told in a line", swallowing("Ben", "INSERT INTO messages", isLine)],
  ["refused removal, no line", refusedRemoval, "told in a line", swallowing("Ann", "INSERT INTO messages", isLine)],
])(
  "[P4] %s: the row fails",
  async (_name, attack, fact, wrapPorts) => {
    const broken = await attack({ wrapPorts });
    expect(broken.verdict).toBe("fail");
    expect(broken.figure).toContain(fact);
  },
  60_000,
);
