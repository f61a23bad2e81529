/**
 * Platform: what programs, public accounts and bots cost beside what `programs` measures in a browser
 * (docs/spec/programs.md PR20, articles.md, bridge.md). All people are whole clients on Bun, in this
 * process, at a real server.
 */
import { join } from "node:path";
import type { MessageRef } from "@yanshu/client";
import { packProgram } from "@yanshu/mini/compile";
import { sourcesOf } from "@yanshu/mini/testkit";
import { freePort } from "../ports.ts";
import { cpuSeconds } from "../process.ts";
import { middle, percentile, row } from "../rows.ts";
import { accountOf, comesTrue, comesTrueForAll, groupOf, type Someone, seen, withFamily } from "../whole-clients.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

export const platform: Scenario = {
  name: "platform",
  isLong: true,
  about:
    "a program of 537 pages, packed; a hundred updates of a program in a group of eleven, each until all have it; a page of 32 articles, read for the screen; and what a bot behind the bridge is told and answers. All people are in one process, so the machine does the work of all their devices",
  run: async (conditions) => {
    const goal = (atMost: number) => unlessQuick(conditions, { atMost });
    const { quick } = conditions;
    const packed = await packedMs(quick ? 20 : 537);
    return withFamily(quick ? 4 : 10, async ({ folder, invite, owner, others }) => {
      const reader = others[0] as Someone;
      const updates = await updatesMs(owner, others, quick ? 5 : 100);
      const page = await articlesMs(owner, reader, quick ? 3 : 32);
      const bot = await bridgeMs(folder, invite, reader, quick ? 5 : 60);
      return [
        row("platform: a program of 537 pages packed", packed, "ms", goal(1_000)),
        row("platform: an update of a program with all of eleven, p95", percentile(updates, 0.95), "ms", goal(1_000)),
        row("platform: a page of 32 articles read for the screen", page, "ms", goal(20)),
        row("platform: told a bot and answered, p50", middle(bot.ms), "ms", goal(80)),
        row("platform: told and answered a CPU-second of the bridge", bot.perCpuSecond, "messages/s"),
      ];
    });
  },
};

async function packedMs(pages: number): Promise<number> {
  const names = Array.from({ length: pages }, (_, at) => `pages/p${at}/p${at}`);
  const sources: Record<string, string> = { "app.json": JSON.stringify({ pages: names }) };
  for (const name of names) {
    sources[`${name}.wxml`] =
      '<view class="list"><view wx:for="{{rows}}" wx:key="id" bindtap="tap" data-id="{{item.id}}"><text>{{item.title}}</text><image wx:if="{{item.picture}}" src="{{item.picture}}"/></view></view>';
    sources[`${name}.js`] =
      "Page({ data: { rows: [] }, tap(event) { this.setData({ at: event.currentTarget.dataset.id }); } })";
    sources[`${name}.wxss`] = ".list { padding: 20rpx; color: #333; }";
  }
  const encoded = sourcesOf(sources);
  const since = performance.now();
  await packProgram(encoded, { name: "长", version: "1" });
  return performance.now() - since;
}

/** From each update until all others have it, one after the other. */
async function updatesMs(owner: Someone, others: readonly Someone[], count: number): Promise<readonly number[]> {
  const chat = await groupOf(owner, others, "菜园");
  const id = await owner.api.sendFile(chat, { source: new Blob(["PK"]), name: "果园.ymp", type: "" });
  const card: MessageRef = { author: accountOf(owner), id };
  await comesTrueForAll("sees the card", others, "timeline", [chat, 20], ({ items }) =>
    items.some((item) => item.id === id),
  );
  const times: number[] = [];
  for (let at = 1; at <= count; at += 1) {
    const since = performance.now();
    await owner.api.shareFromProgram(chat, card, { payload: JSON.stringify({ at }) });
    await comesTrueForAll("has the update", others, "programState", [chat, card], ({ last }) => last === at);
    times.push(performance.now() - since);
  }
  return times;
}

/** The middle of nine: what is read of the device's store, its entries having been verified as they came. */
async function articlesMs(owner: Someone, reader: Someone, count: number): Promise<number> {
  const account = await owner.api.createChannel({ name: "城南诊所", about: "街坊的大夫" });
  for (let at = 0; at < count; at += 1)
    await owner.api.publishArticle(account, {
      title: `第${at}篇`,
      blocks: [{ is: "text", text: "义诊。".repeat(300) }],
    });
  await lookedAt(owner, "all are published", () => seen(owner, "account", [account])?.waiting.length === 0);
  await lookedAt(reader, "the account is known", () => seen(reader, "account", [account]) !== undefined);
  await reader.api.followChannel(account);
  const read = () => seen(reader, "articles", [{ limit: 32 }]).articles.length;
  await lookedAt(reader, "all are read", () => read() === count);
  return middle(
    Array.from({ length: 9 }, () => {
      const since = performance.now();
      read();
      return performance.now() - since;
    }),
  );
}

/** What is published goes in packs, here at least a second apart (docs/spec/channels.md). */
async function lookedAt(one: Someone, what: string, holds: () => boolean): Promise<void> {
  for (let times = 0; !holds(); times += 1) {
    if (times > 60) throw new Error(`never came true: ${what}`);
    await one.api.lookAtChannels();
    if (!holds()) await Bun.sleep(1_000);
  }
}

/**
 * A program that answers each message, behind the bridge: how long from the words until the answer stands on the device
 * of who wrote them, one after the other; then many at once, by the CPU time of the bridge, which also is the device.
 */
async function bridgeMs(folder: string, invite: string, ann: Someone, count: number) {
  const program = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answering });
  const [home, port] = [join(folder, "诊所"), freePort()];
  const command = join(import.meta.dirname, "../../packages/cli/src/main.ts");
  const env = { ...process.env, YANSHU_HOME: home, LANG: "en_GB.UTF-8" };
  const start = (...words: readonly string[]) =>
    Bun.spawn([process.execPath, command, ...words], { env, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  if ((await start("create", "--name", "诊所", invite).exited) !== 0) throw new Error("the bot has no account");
  const bridge = start("bridge", `http://127.0.0.1:${program.port}/wx`, "--port", `${port}`, "--json");
  try {
    const { value } = await bridge.stdout.getReader().read();
    const { link } = JSON.parse(new TextDecoder().decode(value)) as { readonly link: string };
    const chat = await ann.api.requestContact({ link, greeting: "你好", scanned: true });
    let answers = 0;
    const answered = (times: number) =>
      comesTrue("the bot answers", ann, "timeline", [chat, 1_000], ({ items }) => {
        answers = items.filter(({ mine, body }) => !mine && body.kind === "text").length;
        return answers >= times;
      });
    await answered(1);
    const ms: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const since = performance.now();
      await ann.api.sendText(chat, `第${at}句`);
      await answered(answers + 1);
      ms.push(performance.now() - since);
    }
    const [before, cpu] = [answers, cpuSeconds(bridge.pid)];
    for (let at = 0; at < count * 3; at += 1) await ann.api.sendText(chat, `又第${at}句`);
    await answered(before + count * 3);
    return { ms, perCpuSecond: (count * 3) / (cpuSeconds(bridge.pid) - cpu) };
  } finally {
    bridge.kill("SIGINT");
    await Promise.all([bridge.exited, program.stop(true)]);
  }
}

async function answering(request: Request): Promise<Response> {
  if (request.method === "GET") return new Response(new URL(request.url).searchParams.get("echostr"));
  const said = await request.text();
  const of = (tag: string) => new RegExp(`<${tag}>(?:<!\\[CDATA\\[)?([^<\\]]*)`).exec(said)?.[1] ?? "";
  const time = Math.floor(Date.now() / 1_000);
  return new Response(
    `<xml><ToUserName><![CDATA[${of("FromUserName")}]]></ToUserName><FromUserName><![CDATA[${of("ToUserName")}]]></FromUserName><CreateTime>${time}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[收到]]></Content></xml>`,
    { headers: { "content-type": "application/xml" } },
  );
}
