/** The bridge's parts: what a stranger's program sends is read, or refused; no server and no bot of a library. */
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linkToPlace, linkWithScene, sceneIn } from "@yanshu/mini";
import { Fault } from "../../fault.ts";
import { sessionsOf } from "./backend.ts";
import { ask, type Bot, readAnswer } from "./callback.ts";
import { callsOf, type Office } from "./calls.ts";
import { codePicture } from "./code-picture.ts";
import { accountIn, Followers } from "./followers.ts";
import { callbackOf, programAt } from "./index.ts";
import { MenuShelf } from "./menu.ts";
import { messageIdOf, messagesOf, openidOf, subscribed } from "./message.ts";
import { type Said, saidInJson, saidInXml } from "./said.ts";
import { Scenes } from "./scenes.ts";
import { opened, sealed, signatureOf } from "./sealing.ts";
import { Shelf } from "./shelf.ts";
import { readXml, textAt, xmlOf } from "./xml.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-bridge-parts-"));
afterAll(() => rmSync(folder, { recursive: true }));
const account = { appid: "wx0011223344556677", secret: "s3cret", token: "tok", aesKey: `${"a".repeat(42)}A` };

test("[PA30] a person has one openid for an account, another one for each other account, and no id of ours", () => {
  const person = "ab".repeat(32);
  const openid = openidOf("one", person);
  expect(openid).toMatch(/^o[\w-]{27}$/);
  expect(openidOf("one", person)).toBe(openid);
  expect(openidOf("two", person)).not.toBe(openid);
  expect(openidOf("one", "cd".repeat(32))).not.toBe(openid);
  const item = { id: "01", from: { account: person } } as Parameters<typeof messageIdOf>[0];
  expect(messageIdOf(item, 0)).toBe(messageIdOf(item, 0));
  expect(messageIdOf(item, 0)).not.toBe(messageIdOf(item, 1));
  expect(BigInt(messageIdOf(item, 0))).toBeLessThan(1n << 63n);
});

test("[PA34] a document type, an entity that grows, what is too deep or too long, and no XML are not read", () => {
  const text = `a<b>&"'中]]>😀`;
  expect(textAt(readXml(`<xml>${xmlOf({ Content: `${text}\u0007` })}</xml>`), "Content")).toBe(text);
  expect(textAt(readXml("<xml><C><![CDATA[one]]]]><![CDATA[>two]]></C></xml>"), "C")).toBe("one]]>two");
  const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><C>&b;</C></xml>`;
  expect(readXml(laughs)).toBeUndefined();
  expect(readXml("<!DOCTYPE xml><xml><C>one</C></xml>")).toBeUndefined();
  expect(readXml("<xml><C>&b;</C></xml>")).toBeUndefined();
  expect(readXml(`${"<a>".repeat(9)}${"</a>".repeat(9)}`)).toBeUndefined();
  expect(readXml(`${"<a>".repeat(8)}${"</a>".repeat(8)}`)).toBeDefined();
  expect(readXml(`<a>${"<b/>".repeat(500)}</a>`)).toBeUndefined();
  expect(readXml(`<a>${"<b/>".repeat(499)}</a>`)).toBeDefined();
  for (const not of ["", "{}", "<xml>", "<xml></other>", "<a/><b/>"]) expect(readXml(not)).toBeUndefined();
});

test("[PA33] what was sealed with another key, for another account, or signed by nobody is no answer", () => {
  const xml = "<xml><MsgType>text</MsgType><Content>hi</Content></xml>";
  expect(opened(sealed(xml, account), account)).toBe(xml);
  expect(opened(sealed(xml, { ...account, appid: "wx0000000000000000" }), account)).toBeUndefined();
  for (const bad of ["", "AAAA", Buffer.alloc(64).toString("base64")]) expect(opened(bad, account)).toBeUndefined();
  const bot = { account, isSealed: true };
  const wrapped = (message: string, signature = signatureOf(account.token, "1", "2", message)) =>
    `<xml>${xmlOf({ Encrypt: message, MsgSignature: signature, TimeStamp: "1", Nonce: "2" })}</xml>`;
  expect(readAnswer(wrapped(sealed(xml, account)), bot).kind).toBe("said");
  expect(readAnswer(wrapped(sealed("success", account)), bot).kind).toBe("nothing");
  expect(readAnswer(wrapped(sealed(xml, account), "0".repeat(40)), bot).kind).toBe("fault");
  expect(readAnswer(wrapped(sealed(xml, account), ""), bot).kind).toBe("fault");
  expect(readAnswer(wrapped(sealed(xml, { ...account, appid: "wx1" })), bot).kind).toBe("fault");
  expect(readAnswer(xml, bot).kind).toBe("fault");
  expect(readAnswer(xml, { account, isSealed: false }).kind).toBe("said");
  for (const nothing of ["", " success\n"]) expect(readAnswer(nothing, bot).kind).toBe("nothing");
});

test("[PA32] a bot is asked three times under one number, and what is slow, too long or refused is no answer", async () => {
  const asked: { number: string; isSigned: boolean }[] = [];
  let answer: () => Promise<Response> = async () => new Response("success");
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const query = new URL(request.url).searchParams;
      const [signature, timestamp = "", nonce = ""] = ["signature", "timestamp", "nonce"].map(
        (name) => query.get(name) ?? "",
      );
      const isSigned = signature === signatureOf(account.token, timestamp, nonce);
      asked.push({ number: textAt(readXml(await request.text()), "MsgId"), isSigned });
      return answer();
    },
  });
  const bot: Bot = { url: `${server.url}wx?kept=1`, account, isSealed: false, answerMsMax: 10_000 };
  const isOver = new AbortController().signal;
  const ends = { to: "gh_1", from: "o1", createdMs: 1_000, isOver };
  const message = { MsgType: "text", Content: "hi", MsgId: "7" };
  const kindWith = async (one: typeof answer, waits = bot.answerMsMax) => {
    answer = one;
    asked.length = 0;
    return (await ask({ ...bot, answerMsMax: waits }, message, ends)).kind;
  };
  expect(await kindWith(async () => new Response("success"))).toBe("nothing");
  expect(asked).toEqual([{ number: "7", isSigned: true }]);
  expect(await kindWith(() => new Promise(() => undefined), 100)).toBe("fault");
  expect(asked).toEqual(Array.from({ length: 3 }, () => ({ number: "7", isSigned: true })));
  const long = `<xml><MsgType>text</MsgType><Content>${"x".repeat(300_000)}</Content></xml>`;
  for (const one of [
    new Response(long),
    new Response("no", { status: 500 }),
    new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }),
  ])
    expect(await kindWith(async () => one.clone())).toBe("fault");
  await server.stop(true);
  expect(await kindWith(async () => new Response())).toBe("away");
});

test("[TE33] what is told to a program on this computer goes by no proxy", async () => {
  let proxied = 0;
  const proxy = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(`${++proxied}`) });
  const program = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("success") });
  const before = process.env["HTTP_PROXY"];
  process.env["HTTP_PROXY"] = `${proxy.url}`;
  try {
    const bot: Bot = { url: `${program.url}wx`, account, isSealed: false, answerMsMax: 10_000 };
    const ends = { to: "gh_1", from: "o1", createdMs: 1_000, isOver: new AbortController().signal };
    expect((await ask(bot, { MsgType: "text", Content: "hi", MsgId: "7" }, ends)).kind).toBe("nothing");
    expect(proxied).toBe(0);
    // Else this test shows nothing: what goes elsewhere does go by it.
    await (await fetch("http://bot.example/wx")).text();
    expect(proxied).toBe(1);
  } finally {
    if (before === undefined) delete process.env["HTTP_PROXY"];
    else process.env["HTTP_PROXY"] = before;
    await Promise.all([proxy.stop(true), program.stop(true)]);
  }
});

test("[PA35] what a bot says is texts, a card, a file, or a person's turn; what has no form here is refused", () => {
  const said = (fields: Parameters<typeof xmlOf>[0]) => saidInXml(readXml(`<xml>${xmlOf(fields)}</xml>`) as never);
  expect(said({ MsgType: "text", Content: " hi " })).toEqual([{ kind: "text", text: "hi" }]);
  const title = "雁书";
  const item = { Title: title, Description: "d", PicUrl: "", Url: "https://e.org/a?b&c" };
  expect(said({ MsgType: "news", ArticleCount: 1, Articles: { item } })).toEqual([
    { kind: "text", text: `${title}\nd\n${item.Url}`, link: { url: item.Url, title } },
  ]);
  expect(said({ MsgType: "news", Articles: { item: { ...item, Url: "javascript:1" } } })).toEqual([
    { kind: "text", text: `${title}\nd\njavascript:1` },
  ]);
  expect(said({ MsgType: "voice", Voice: { MediaId: "m" } })).toEqual([{ kind: "media", id: "m" }]);
  expect(said({ MsgType: "video", Video: { MediaId: "m", Title: "t" } })).toEqual([
    { kind: "media", id: "m" },
    { kind: "text", text: "t" },
  ]);
  expect(said({ MsgType: "transfer_customer_service" })).toEqual([{ kind: "hand-over" }]);
  expect(said({ MsgType: "image" })).toBeUndefined();
  expect(said({ MsgType: "other" })).toBeUndefined();
  expect(said({ MsgType: "text", Content: "x".repeat(40_000) })).toHaveLength(3);
  const menu = { head_content: "好吗", list: [{ id: "1", content: "好" }], tail_content: "" };
  expect(saidInJson({ msgtype: "msgmenu", msgmenu: menu })).toEqual([{ kind: "text", text: "好吗\n· 好" }]);
  for (const bad of [{}, { msgtype: "text" }, { msgtype: "news", news: { articles: 7 } }, { msgtype: "wxcard" }])
    expect(saidInJson(bad) ?? []).toEqual([]);
});

function office() {
  let nowMs = 1_000_000;
  const said: (readonly [string, readonly Said[]])[] = [];
  const sessions = sessionsOf(() => nowMs);
  const scenes = new Scenes(mkdtempSync(join(folder, "scenes-")), account.secret, () => nowMs);
  const parts: Office = {
    account,
    shelf: new Shelf(join(folder, "office")),
    sessions,
    menu: new MenuShelf(mkdtempSync(join(folder, "menu-"))),
    menuChanged: () => {
      said.push(["menu", []]);
    },
    scenes,
    people: () => [{ openid: "o1", name: "Ann" }],
    link: async () => "https://tea.example/#c/AbC",
    say: async (openid, what) => {
      said.push([openid, what]);
      return true;
    },
    nowMs: () => nowMs,
  };
  const calls = callsOf(parts);
  const get = async (path: string, body?: unknown) => {
    const init =
      body === undefined ? {} : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
    return (await calls(new Request(`http://127.0.0.1${path}`, init))).json() as Promise<Record<string, unknown>>;
  };
  return { get, calls, said, sessions, scenes, pass: (ms: number) => (nowMs += ms) };
}
const tokenPath = (secret = account.secret, appid = account.appid) =>
  `/cgi-bin/token?grant_type=client_credential&appid=${appid}&secret=${secret}`;

test("[PA40] a code of a mini program's page is a picture of a link to it, and a page that is none is refused", async () => {
  const { get, calls } = office();
  const token = (await get(tokenPath()))["access_token"] as string;
  const asked = (path: string, body: unknown) =>
    calls(new Request(`http://127.0.0.1${path}?access_token=${token}`, { method: "POST", body: JSON.stringify(body) }));
  const shown = async (path: string, body: unknown) => {
    const answer = await asked(path, body);
    return [answer.headers.get("content-type"), new Uint8Array(await answer.arrayBuffer())];
  };
  const codeOf = (place: string) => ["image/png", codePicture(linkToPlace(place, "https://tea.example/#c/AbC") ?? "")];
  const scene = "pages/table/table?scene=id%3D7%26of%3D%E9%97%A8%E5%8F%A3";
  const table = { page: "pages/table/table", scene: "id=7&of=门口" };
  expect(await shown("/wxa/getwxacodeunlimit", table)).toEqual(codeOf(scene));
  for (const path of ["/wxa/getwxacode", "/cgi-bin/wxaapp/createwxaqrcode"])
    expect(await shown(path, { path: "/pages/table/table?id=7" })).toEqual(codeOf("pages/table/table?id=7"));
  for (const body of [{}, { page: "" }, { path: "a b" }, { path: "p".repeat(300) }, { path: "p#c/x" }])
    expect(await (await asked("/wxa/getwxacode", body)).json()).toMatchObject({ errcode: 41_030 });
  expect((await get("/wxa/getwxacodeunlimit?access_token=no", {}))["errcode"]).toBe(40_001);
});

test("[PA42] a code with a scene is a link of the account, shown by its ticket; one that nobody made, or that is over, is none", async () => {
  const { get, calls, scenes, pass } = office();
  const token = (await get(tokenPath()))["access_token"] as string;
  const create = (body: unknown) => get(`/cgi-bin/qrcode/create?access_token=${token}`, body);
  const asked = (action_name: string, scene: object, more = {}) =>
    create({ action_name, action_info: { scene }, ...more });
  expect(scenes.isUsed).toBe(false);
  const table = await asked("QR_LIMIT_STR_SCENE", { scene_str: "门口 3" });
  expect(scenes.isUsed).toBe(true);
  expect(table["expire_seconds"]).toBeUndefined();
  const key = sceneIn(table["url"] as string) ?? "";
  expect(table["url"]).toBe(linkWithScene(key, "https://tea.example/#c/AbC"));
  const scene = { scene: "门口 3", ticket: table["ticket"] as string };
  expect(scenes.read(key)).toEqual(scene);
  const shown = await calls(new Request(`http://127.0.0.1/cgi-bin/showqrcode?ticket=${String(table["ticket"])}`));
  expect(new Uint8Array(await shown.arrayBuffer())).toEqual(codePicture(table["url"] as string));
  expect((await calls(new Request("http://127.0.0.1/cgi-bin/showqrcode?ticket=cXIueC4wLjc"))).status).toBe(404);

  // To the program it is WeChat's event, and by it somebody new came.
  const keys = { isOfButton: () => false, sceneOf: (one: string) => scenes.read(one) };
  const press = (of: string) => messagesOf({ kind: "servicePress", words: "扫了码", key: of }, [], "扫了码", keys);
  expect(press(key)).toEqual([{ MsgType: "event", Event: "SCAN", EventKey: "门口 3", Ticket: scene.ticket }]);
  expect(subscribed(scene)).toMatchObject({ Event: "subscribe", EventKey: "qrscene_门口 3", Ticket: scene.ticket });
  expect(subscribed(undefined)).toEqual({ MsgType: "event", Event: "subscribe", EventKey: "" });
  for (const other of [key.replace("3", "4"), key.replace(".0.", ".zzzzzz."), "qr..0.7", "BOOK"])
    expect(press(other)).toEqual([{ MsgType: "text", Content: "扫了码" }]);

  const brief = await asked("QR_SCENE", { scene_id: 123 }, { expire_seconds: 1_800 });
  expect(brief["expire_seconds"]).toBe(1_800);
  const once = sceneIn(brief["url"] as string) ?? "";
  expect(scenes.read(once)?.scene).toBe("123");
  pass(1_802_000);
  expect(scenes.read(once)).toBeUndefined();
  expect(scenes.read(key)?.scene).toBe("门口 3");
  for (const [name, of] of [
    ["QR_SCENE", { scene_id: 0 }],
    ["QR_SCENE", { scene_id: "7" }],
    ["QR_STR_SCENE", { scene_str: "" }],
    ["QR_LIMIT_STR_SCENE", { scene_str: "x".repeat(65) }],
    ["QR_LIMIT_STR_SCENE", { scene_str: "a\nb" }],
    ["QR_CARD", { scene_id: 7 }],
  ] as const)
    expect((await asked(name, of))["errcode"]).toBe(40_169);
  for (const body of [{}, { action_name: "QR_SCENE" }, { action_name: "QR_SCENE", action_info: null }])
    expect((await create(body))["errcode"]).toBe(40_169);
  expect((await get("/cgi-bin/qrcode/create?access_token=no", {}))["errcode"]).toBe(40_001);
});

test("[PR54] a program's server learns by a code who logged in: once, within five minutes, and with the secret", async () => {
  const { get, pass, sessions } = office();
  const path = (code: string, secret = account.secret, appid = account.appid) =>
    `/sns/jscode2session?appid=${appid}&secret=${secret}&js_code=${code}&grant_type=authorization_code`;
  const code = sessions.begin("o1");
  expect((await get(path(code, "other"))).errcode).toBe(40_125);
  expect((await get(path(code, account.secret, "wx1"))).errcode).toBe(40_013);
  const { openid, session_key } = await get(path(code));
  expect([openid, typeof session_key]).toEqual(["o1", "string"]);
  expect((await get(path(code))).errcode).toBe(40_029);
  const late = sessions.begin("o1");
  pass(300_001);
  expect((await get(path(late))).errcode).toBe(40_029);
});

test("[PA38] a token is for who knows the secret, opens for two hours, and for five minutes after the next one", async () => {
  const { get, pass } = office();
  expect((await get(tokenPath("other"))).errcode).toBe(40_125);
  expect((await get(tokenPath(account.secret, "wx1"))).errcode).toBe(40_013);
  const people = async (token: unknown) =>
    (await get(`/cgi-bin/user/get?access_token=${String(token)}`)).errcode ?? "open";
  for (const none of ["", "undefined", "x"]) expect(await people(none)).toBe(40_001);
  const { access_token: first, expires_in } = await get(tokenPath());
  expect(expires_in).toBe(7_200);
  expect(await people(first)).toBe("open");
  const stable = { grant_type: "client_credential", appid: account.appid, secret: account.secret };
  expect((await get("/cgi-bin/stable_token", stable)).access_token).toBe(first);
  expect((await get("/cgi-bin/stable_token", { ...stable, secret: "x" })).errcode).toBe(40_125);
  const { access_token: second } = await get(tokenPath());
  expect(second).not.toBe(first);
  expect([await people(first), await people(second)]).toEqual(["open", "open"]);
  pass(300_000);
  expect([await people(first), await people(second)]).toEqual([40_001, "open"]);
  pass(7_200_000);
  expect(await people(second)).toBe(40_001);
});

test("[PA37] a call says something to one who wrote, and has WeChat's number for what it refuses", async () => {
  const { get, calls, said } = office();
  const { access_token } = await get(tokenPath());
  const call = (path: string, body?: unknown) => get(`${path}?access_token=${String(access_token)}&openid=o1`, body);
  const text = { touser: "o1", msgtype: "text", text: { content: "hi" } };
  expect(await call("/cgi-bin/message/custom/send", text)).toEqual({ errcode: 0, errmsg: "ok" });
  expect(said).toEqual([["o1", [{ kind: "text", text: "hi" }]]]);
  const errors: readonly (readonly [number, string, unknown?])[] = [
    [40_003, "/cgi-bin/message/custom/send", { ...text, touser: "o2" }],
    [40_003, "/cgi-bin/message/custom/send", { ...text, touser: 7 }],
    [40_008, "/cgi-bin/message/custom/send", { ...text, msgtype: "wxcard" }],
    [44_004, "/cgi-bin/message/custom/send", { ...text, text: { content: " " } }],
    [47_001, "/cgi-bin/message/custom/send", "{"],
    [47_001, "/cgi-bin/message/custom/send", "7"],
    [47_001, "/cgi-bin/message/custom/send", JSON.stringify("x".repeat(2 << 20))],
    [41_005, "/cgi-bin/media/upload", "no form"],
    [40_007, "/cgi-bin/media/get"],
    [48_001, "/card/create", {}],
    [48_001, "/cgi-bin/tags/create", {}],
    [40_066, "/other"],
  ];
  for (const [code, path, body] of errors) expect([path, (await call(path, body)).errcode]).toEqual([path, code]);
  expect(await call("/cgi-bin/user/get")).toMatchObject({ total: 1, data: { openid: ["o1"] }, next_openid: "" });
  expect(await call("/cgi-bin/user/info")).toMatchObject({ subscribe: 1, nickname: "Ann" });
  const asked = { user_list: [{ openid: "o2" }, null] };
  expect(await call("/cgi-bin/user/info/batchget", asked)).toMatchObject({ user_info_list: [{ subscribe: 0 }, {}] });

  const form = new FormData();
  form.set("media", new Blob(["<script>"], { type: "text/html" }), "a.html");
  const upload = new Request(`http://127.0.0.1/cgi-bin/media/upload?access_token=${String(access_token)}&type=image`, {
    method: "POST",
    body: form,
  });
  const { media_id } = (await (await calls(upload)).json()) as { media_id: string };
  const page = await calls(new Request(`http://127.0.0.1/media/${media_id}`));
  expect(await page.text()).toBe("<script>");
  expect(page.headers.get("content-type")).toBe("application/octet-stream");
  expect(page.headers.get("content-disposition")).toStartWith("attachment");
});

test("[PA13] a bot sets its menu, reads it and takes it away; one that is none is refused", async () => {
  const { get, said } = office();
  const { access_token } = await get(tokenPath());
  const call = (path: string, body?: unknown) =>
    get(`/cgi-bin/menu/${path}?access_token=${String(access_token)}`, body);
  const menu = { button: [{ type: "click", name: "天气", key: "W" }] };
  expect((await call("get")).errcode).toBe(46_003);
  expect((await call("create", { button: [] })).errcode).toBe(40_016);
  expect(said).toEqual([]);
  expect((await call("create", menu)).errcode).toBe(0);
  expect(await call("get")).toEqual({ menu });
  expect((await call("delete")).errcode).toBe(0);
  expect((await call("get")).errcode).toBe(46_003);
  expect(said).toEqual([
    ["menu", []],
    ["menu", []],
  ]);
});

test("[PA38] of a call without its token nothing is read, and of another one at most a mebibyte", async () => {
  const { get, calls } = office();
  const { access_token } = await get(tokenPath());
  let sent = 0;
  const endless = (path: string) => {
    sent = 0;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      sent++;
      // 21 MiB are what one request may have.
      if (sent > 21) controller.close();
      else controller.enqueue(new Uint8Array(1 << 20).fill(32));
    };
    const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
    return new Request(`http://127.0.0.1${path}`, { method: "POST", body });
  };
  const codeOf = async (request: Request) => ((await (await calls(request)).json()) as { errcode: number }).errcode;
  for (const path of ["/cgi-bin/message/custom/send", "/cgi-bin/media/upload", "/card/create", "/other"]) {
    expect([path, await codeOf(endless(path))]).toEqual([path, path === "/other" ? 40_066 : 40_001]);
    expect(sent).toBe(0);
  }
  const open = `/cgi-bin/message/custom/send?access_token=${String(access_token)}`;
  for (const path of [open, "/cgi-bin/stable_token"]) {
    expect(await codeOf(endless(path))).toBe(47_001);
    expect(sent).toBeLessThan(4);
  }
  expect(await codeOf(endless(`/card/create?access_token=${String(access_token)}`))).toBe(48_001);
  expect(sent).toBe(0);
});

test("[PA36] a file is kept for three days and named by nothing but its id, and the oldest go where there is no room", async () => {
  let nowMs = Date.now();
  const shelf = new Shelf(join(folder, "shelf"), () => nowMs, { bytes: 5, files: 100 });
  writeFileSync(join(folder, "else"), "secret");
  writeFileSync(join(folder, "else.json"), "{}");
  expect(await shelf.get("../else")).toBeUndefined();
  const id = await shelf.put(Buffer.from("abc"), { mime: "image/png" });
  expect(Buffer.from((await shelf.get(id))?.bytes ?? []).toString()).toBe("abc");
  utimesSync(join(folder, "shelf", id), nowMs / 1_000, nowMs / 1_000 - 60);
  await shelf.put(Buffer.from("defgh"), { mime: "image/png" });
  const third = await shelf.put(Buffer.from("i"), { mime: "image/png" });
  expect(existsSync(join(folder, "shelf", id))).toBe(false);
  nowMs += 3 * 86_400_000 + 60_000;
  expect(await shelf.get(third)).toBeUndefined();
  await shelf.put(Buffer.from("j"), { mime: "image/png" });
  expect(existsSync(join(folder, "shelf", third))).toBe(false);
});

test("[PA36] what is over, half a file and too many go at the start and each hour, though nobody puts anything", async () => {
  const place = join(folder, "tidy");
  let nowMs = Date.now();
  const shelf = new Shelf(place, () => nowMs, { bytes: 1_000, files: 2 });
  const ids: string[] = [];
  for (const [seconds, one] of ["a", "b", "c"].entries()) {
    const id = await shelf.put(Buffer.from(one), { mime: "image/png" });
    utimesSync(join(place, id), nowMs / 1_000, nowMs / 1_000 - 60 + seconds);
    ids.push(id);
  }
  const [first = "", second = "", third = ""] = ids;
  // The bridge died between the two halves of a file.
  writeFileSync(join(place, "A".repeat(32)), "no type");
  writeFileSync(join(place, `${"B".repeat(32)}.json`), "{}");
  const due: (() => void)[] = [];
  const stop = shelf.keepTidy((run, ms) => {
    expect(ms).toBe(3_600_000);
    due.push(run);
    return () => due.splice(0);
  });
  await shelf.idle();
  const held = (...of: string[]) => of.flatMap((id) => [id, `${id}.json`]).sort();
  expect(readdirSync(place).sort()).toEqual(held(second, third));
  expect(await shelf.get(first)).toBeUndefined();
  nowMs += 3 * 86_400_000 + 60_000;
  for (const run of due) run();
  await shelf.idle();
  expect(readdirSync(place)).toEqual([]);
  stop();
  expect(due).toEqual([]);
});

test("[PA31] a bridge that starts again has the same account, and tells of nobody twice", () => {
  const first = accountIn(folder);
  expect(accountIn(folder)).toEqual(first);
  // What makes an openid of a person is none of what the program is given.
  expect([first.appid, first.secret, first.token, first.aesKey]).not.toContain(first.openidKey);
  expect(first.openidKey).toMatch(/^[0-9a-f]{64}$/);
  const { openidKey: _, ...older } = first;
  writeFileSync(join(folder, "bridge.json"), JSON.stringify(older));
  const mended = accountIn(folder);
  expect(mended).toEqual({ ...older, openidKey: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(accountIn(folder)).toEqual(mended);
  expect(Buffer.from(`${first.aesKey}=`, "base64")).toHaveLength(32);
  new Followers(folder).add("o1");
  const again = new Followers(folder);
  expect([again.has("o1"), again.has("o2")]).toEqual([true, false]);
});

test("[TE33] messages go to this computer, or encrypted, and nowhere else", () => {
  for (const good of ["http://127.0.0.1:9000/wx", "http://localhost:1/", "http://[::1]:9/", "https://bot.example/wx"])
    expect(callbackOf(good)).toBe(good);
  for (const bad of ["", "bot", "http://bot.example/wx", "http://127.0.0.1.bot.example/", "file:///etc/passwd"])
    expect(() => callbackOf(bad)).toThrow(Fault);
});

test("[PA41] a file that is no mini program is given to nobody", () => {
  const path = join(folder, "tea.ymp");
  writeFileSync(path, "no package");
  expect(() => programAt(path)).toThrow(Fault);
});
