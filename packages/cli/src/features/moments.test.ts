/** `yanshu moments`: two terminals, and the real server. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestServer } from "../testkit/server.ts";
import { befriendAnnAndBen, bugs, Terminal } from "../testkit/terminal.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
const [ann, ben] = [new Terminal(), new Terminal()];

beforeAll(async () => {
  await server.start();
  await befriendAnnAndBen(ann, ben, server.invite);
});
afterAll(async () => {
  for (const one of [ann, ben]) one.remove();
  await server.remove();
  expect(bugs).toEqual([]);
});

test("[TE1] [MO1] [MO6] what is posted in one terminal is read in the other, which likes and comments it", async () => {
  expect(await ann.says("moments")).toContain("Nothing yet");
  expect(await ann.says("moments", "post", "今天包了饺子")).toContain("for 1");
  expect(await ben.saysAtLast("饺子", "moments")).toContain("Ann: 今天包了饺子");
  await ben.says("moments", "like", "1");
  await ben.says("moments", "comment", "1", "给我", "留几个");
  const lines = await ann.saysAtLast("留几个", "moments");
  expect(lines).toContain("♥ Ben");
  expect(lines).toContain("Ben: 给我 留几个");
  expect(await ann.value<{ posts: { likes: string[] }[] }>("moments")).toMatchObject({ posts: [{ likes: ["Ben"] }] });
});

test("[TE1] [WE117] [WE121] own posts are found, sent again where they wait, and deleted", async () => {
  await ann.says("moments", "post", "阳台的番茄红了");
  expect(await ben.saysAtLast("番茄", "moments")).toContain("Ann: 阳台的番茄红了");
  expect(await ben.says("moments", "find", "南瓜")).toContain("Nothing found");
  const found = await ben.says("moments", "find", "番茄");
  expect(found).toContain("Ann: 阳台的番茄红了");
  // By what it is printed with, a post is meant wherever it stands in the feed.
  const { posts } = await ben.value<{ posts: { id: string }[] }>("moments", "find", "番茄");
  expect(found).toContain(`${posts[0]?.id.slice(0, 8)}  `);
  expect(await ann.value<{ posts: object[] }>("moments", "find", "番茄")).toMatchObject({ posts: [{ state: "sent" }] });
  // One that went is sent no second time.
  expect(await ann.says("moments", "again", "1")).toContain("番茄");
  expect(await ann.says("moments", "delete", "1")).toContain("Deleted");
  expect(await ann.says("moments", "find", "番茄")).toContain("Nothing found");
  let said = "番茄";
  for (let tries = 0; tries < 20 && said.includes("番茄"); tries++) said = await ben.says("moments");
  expect(said).not.toContain("番茄");
});

test("[TE1] [MO63] Moments are carried out into a folder, a second time into another one", async () => {
  await ann.says("moments", "post", "要带走的");
  expect(await ben.saysAtLast("要带走的", "moments")).toContain("Ann: 要带走的");
  await ben.says("moments", "comment", "1", "也带上我");
  const to = mkdtempSync(join(tmpdir(), "yanshu-moments-"));
  const exported = async () => {
    const { path } = await ben.value<{ path: string; posts: number }>("moments", "export", "--to", to);
    return [path, readFileSync(path, "utf8").trim().split("\n")] as const;
  };
  const [path, lines] = await exported();
  expect(path).toBe(join(to, "moments", "posts.jsonl"));
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    kind: "moment",
    from: "Ann",
    mine: false,
    text: "要带走的",
    comments: [{ from: "Ben", mine: true, text: "也带上我" }],
    files: [],
  });
  expect((await exported())[0]).toBe(join(to, "moments (2)", "posts.jsonl"));
  rmSync(to, { recursive: true });
});
