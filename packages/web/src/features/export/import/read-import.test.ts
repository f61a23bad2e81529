/**
 * What others exported, read: by examples as the programs write them, by what anybody could write, and by zips made to
 * harm.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Person, World, withFullDisk } from "@yanshu/testing";
import { ZipWriter } from "@zip.js/zip.js/lib/zip-core-native.js";
import fc from "fast-check";
import { makeZip } from "../make-zip.ts";
import { authorsOf, ImportError, importLimits } from "./imported.ts";
import { isSafePath, openZip } from "./open-zip.ts";
import { readImport } from "./read-import.ts";
import { runImport } from "./run-import.ts";
import { readTelegram } from "./telegram.ts";
import { weChatReader } from "./wechat.ts";
import { readWhatsApp } from "./whatsapp.ts";

setDefaultTimeout(60_000);

const at = (...parts: [number, number, number, number, number, number?]) => {
  const [year, month, day, hour, minute, second = 0] = parts;
  return new Date(year, month - 1, day, hour, minute, second).getTime();
};

async function zipOf(files: Readonly<Record<string, string | Uint8Array>>, password?: string): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const out = new WritableStream<Uint8Array>({
    write: (piece) => {
      pieces.push(Uint8Array.from(piece));
    },
  });
  const zip = new ZipWriter(out, { useCompressionStream: true });
  for (const [name, content] of Object.entries(files))
    await zip.add(
      name,
      new Blob([content as Uint8Array<ArrayBuffer>]).stream(),
      password === undefined ? {} : { password },
    );
  await zip.close();
  return new Blob(pieces);
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return error.where === "" ? error.code : `${error.code}: ${error.where}`;
  }
}

test.each([
  ["Android", "15/01/2024, 18:02 - Mum: hi\n15/01/2024, 18:03 - Me: two\nlines", "hi", at(2024, 1, 15, 18, 2)],
  ["iPhone", "[15/01/24, 6:02:33 PM] Mum: hi\n[15/01/24, 6:03:00 PM] Me: two\nlines", "hi", at(2024, 1, 15, 18, 2, 33)],
  ["American", "1/15/24, 6:02 AM - Mum: hi\n1/16/24, 6:03 PM - Me: two\nlines", "hi", at(2024, 1, 15, 6, 2)],
  ["中文", "2024/1/15 下午6:02 - Mum: hi\n2024/1/15 下午6:03 - Me: two\nlines", "hi", at(2024, 1, 15, 18, 2)],
  ["German", "15.01.24, 18:02 - Mum: hi\n15.01.24, 18:03 - Me: two\nlines", "hi", at(2024, 1, 15, 18, 2)],
])("[KP10] WhatsApp as a phone writes it: %s", (_, text, first, firstMs) => {
  const chat = readWhatsApp(text, "Mum");
  expect(chat.messages.map(({ author, text: said }) => [author, said])).toEqual([
    ["Mum", first],
    ["Me", "two\nlines"],
  ]);
  expect(chat.messages[0]?.atMs).toBe(firstMs);
  expect(authorsOf(chat)).toEqual(["Mum", "Me"]);
});

test("[KP10] days that are told by no single date are told by their order; lines that nobody said have no author", () => {
  const chat = readWhatsApp("01/02/24, 10:00 - Messages are private.\n02/01/24, 10:00 - Mum: later\n", "Mum");
  expect(chat.messages[0]).toMatchObject({ author: "", atMs: at(2024, 1, 2, 10, 0) });
  expect(chat.messages[1]).toMatchObject({ author: "Mum", atMs: at(2024, 2, 1, 10, 0) });
});

test("[KP10] Telegram's JSON, of one chat and of all, with pieces of text, files and who oneself is", () => {
  const chat = {
    name: "外婆",
    type: "personal_chat",
    messages: [
      { id: 1, type: "service", action: "x", date: "2024-01-15T18:02:33" },
      {
        id: 2,
        type: "message",
        date_unixtime: "1705341753",
        from: "外婆",
        from_id: "user1",
        text: ["吃了", { type: "bold", text: "吗" }],
      },
      {
        id: 3,
        type: "message",
        date_unixtime: "1705341754",
        from: "Me",
        from_id: "user2",
        text: "",
        photo: "photos/a.jpg",
      },
      {
        id: 4,
        type: "message",
        date_unixtime: "1705341755",
        from: "Me",
        from_id: "user2",
        text: "",
        file: "(File not included.)",
      },
    ],
  };
  expect(readTelegram(chat)).toMatchObject([
    { title: "外婆", messages: [{ text: "吃了吗", author: "外婆" }, { files: ["photos/a.jpg"] }] },
  ]);
  const [all] = readTelegram({ personal_information: { user_id: 2 }, chats: { list: [chat] } });
  expect(all?.messages.map(({ mine }) => mine === true)).toEqual([false, true]);
});

test("[KP10] whatever is in a text or in JSON, reading ends in messages or in a fault that is named", () => {
  const said = fc.array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("15/01/24, 18:02 - ", "[1/1/2024, 1:1:1] ", ": ", "\n", "<attached: ../x>"),
    ),
  );
  fc.assert(
    fc.property(said, (parts) => {
      try {
        for (const { atMs, author, text } of readWhatsApp(parts.join(""), "x").messages) {
          expect(Number.isSafeInteger(atMs)).toBe(true);
          expect(author.length).toBeLessThanOrEqual(64);
          expect(author.isWellFormed() && text.isWellFormed()).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ImportError);
      }
    }),
  );
  const message = fc.record(
    {
      type: fc.constantFrom("message", "service"),
      date_unixtime: fc.anything(),
      date: fc.anything(),
      from: fc.anything(),
      text: fc.anything(),
      photo: fc.anything(),
      file: fc.anything(),
      from_id: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ name: fc.anything(), messages: fc.array(message) })), (json) => {
      try {
        for (const { messages } of readTelegram(json))
          for (const { atMs, text } of messages) expect(atMs > 0 && text.isWellFormed()).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ImportError);
      }
    }),
  );
});

test("[KP11] a zip that would swell, climb, lock or drown is refused, and the fault names the entry", async () => {
  const name = "chat.zip";
  expect(await faultOf(readImport(await zipOf({ "a.txt": "0".repeat(40 << 20) }), name))).toBe("swollen: a.txt");
  expect(await faultOf(readImport(await zipOf({ "_chat.txt": "15/01/24, 18:02 - Mum: hi" }, "secret"), name))).toBe(
    "locked: _chat.txt",
  );
  for (const path of ["../x.txt", "a/../../x", "/etc/passwd", "C:\\x.txt", "a\\b"])
    expect([path, isSafePath(path)]).toEqual([path, false]);
  expect(await faultOf(readImport(await zipOf({ "../_chat.txt": "15/01/24, 18:02 - Mum: hi" }), name))).toBe(
    "bad-path: ../_chat.txt",
  );
  const few = { ...importLimits, entriesMax: 2, allBytesMax: 100 } as unknown as typeof importLimits;
  expect(await faultOf(openZip(await zipOf({ a: "1", b: "2", c: "3" }), few))).toBe("too-many: 2");
  expect(await faultOf(openZip(await zipOf({ a: "1".repeat(101) }), few))).toBe("too-large: a");
  expect(await faultOf(readImport(await zipOf({ "a.jpg": "1" }), name))).toBe("unknown");
  expect(await faultOf(readImport(new Blob([]), name))).toBe("empty: chat.zip");
  expect(await faultOf(readImport(new Blob(["PK\u0003\u0004 and no more"]), name))).toBe("damaged");
  expect(await faultOf(readImport(new Blob([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)]), "a.jpg"))).toBe("unknown: a.jpg");
  expect(await faultOf(readImport(new Blob(["{ not json"]), "result.json"))).toBe("damaged: result.json");
});

test("[KP11] an entry that holds more than it declared is cut off while it is read", async () => {
  const zip = new Uint8Array(
    await (await zipOf({ "_chat.txt": `15/01/24, 18:02 - Mum: ${"hi ".repeat(2_000)}` })).arrayBuffer(),
  );
  // The size that the list of entries tells is made a lie: 100 bytes.
  const view = new DataView(zip.buffer);
  for (let i = 0; i < zip.length - 4; i++)
    if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + 24, 100, true);
  expect(await faultOf(readImport(new Blob([zip]), "x.zip"))).toMatch(/^(swollen|damaged): _chat.txt$/);
});

const words = {
  lang: "en",
  title: "Chats",
  moments: "Moments",
  gone: "gone",
  when: String,
  line: ({ kind }: { kind: string }) => kind,
};

test("[KP9] what was exported on one server is read on another, as history that nobody can write to", async () => {
  const old = new World({ seed: 960, files: true });
  const [ann, ben] = [await old.person("Ann"), await old.person("Ben")];
  const chat = await old.befriend(ann, ben);
  const file = new Uint8Array(1_200_000).map((_, n) => n * 3);
  await ann.api.sendFile(chat, { source: new Blob([file]), name: "a.pdf", type: "application/pdf" });
  for (let i = 0; i < 30; i++) await (i % 2 === 0 ? ann : ben).say(chat, `message ${i}`);
  await old.until(
    "all is there",
    () => ben.reads(chat).length >= 31 && ben.items(chat).some(({ body }) => body.kind === "file"),
  );
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const out = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(Uint8Array.from(piece)) });
  await old.during(makeZip(ben.api, out, words, 0));

  const fresh = new World({ seed: 961, files: true });
  const again = await fresh.person("Ben");
  const brought = await readImport(new Blob(pieces), "yanshu.zip");
  const { conversations, missing } = await fresh.during(runImport(again.api, brought, undefined));
  expect(missing).toBe(0);
  const [imported = ""] = conversations;
  expect(said(again, imported)).toEqual(said(ben, chat));
  expect(again.view("chats").find((row) => row.conversation === imported)).toMatchObject({
    title: "Ann",
    unread: 0,
    state: "imported",
  });
  expect(again.view("conversation", imported)?.may.write).toBe(false);
  const handle = again.items(imported).flatMap(({ body }) => (body.kind === "file" ? [body.file.handle] : []))[0] ?? "";
  expect(again.view("transfer", handle).state).toBe("here");
  expect(Buffer.compare(await fresh.during(again.api.readFile(handle, 0, file.length)), file)).toBe(0);
  const { hits } = await fresh.during(again.api.searchMessages({ query: "message 17", limit: 5 }));
  expect(hits.length).toBe(1);
  await fresh.pass(120_000);
  expect(again.view("vault").of).toBe(0); // Home gets nothing of it.
  expect([...old.bugs(), ...fresh.bugs()]).toEqual([]);
});

test("[KP9] an import that fails in the middle leaves nothing, and a file that did not come along is said by its name", async () => {
  const world = new World({ seed: 962, files: true });
  const ann = await world.person("Ann");
  const text =
    "15/01/24, 18:02 - Mum: hi\n15/01/24, 18:03 - Ann: IMG-1.jpg (file attached)\n15/01/24, 18:04 - Mum: b.jpg (file attached)";
  const brought = await readImport(await zipOf({ "WhatsApp Chat with Mum.txt": text, "b.jpg": "a picture" }), "x.zip");
  const { conversations, missing } = await world.during(runImport(ann.api, brought, "Ann"));
  expect(missing).toBe(1);
  const [chat = ""] = conversations;
  expect(said(ann, chat)).toEqual(["Mum: hi", "me: IMG-1.jpg", "Mum: file b.jpg"]);
  expect(ann.view("chats").find((row) => row.conversation === chat)?.title).toBe("Mum");
  const broken = { ...brought, file: () => Promise.reject(new ImportError("damaged", "b.jpg")) };
  expect(await faultOf(world.during(runImport(ann.api, broken, "Ann")))).toBe("damaged: b.jpg");
  expect(ann.view("chats").filter(({ title }) => title === "Mum")).toHaveLength(1);
  expect(world.bugs()).toEqual([]);
});

test("[KP15] a file that the device has no room for ends the import with that fault, and nothing of it stays", async () => {
  const full = new Error("the disk is full");
  let isFull = true;
  const world = new World({ seed: 963, files: true, wrapPorts: withFullDisk(() => (isFull ? full : undefined)) });
  const ann = await world.person("Ann");
  const text = "15/01/24, 18:02 - Mum: hi\n15/01/24, 18:04 - Mum: b.jpg (file attached)";
  const brought = await readImport(await zipOf({ "WhatsApp Chat with Mum.txt": text, "b.jpg": "a picture" }), "x.zip");
  await expect(world.during(runImport(ann.api, brought, "Ann"))).rejects.toMatchObject({ code: "storage" });
  expect(ann.view("chats").filter(({ title }) => title === "Mum")).toEqual([]);
  expect(ann.disk.all("SELECT * FROM blobs")).toEqual([]);
  expect(world.bugs()).toEqual([full]); // Counted, for the evidence.
  isFull = false;
  const { conversations, missing } = await world.during(runImport(ann.api, brought, "Ann"));
  expect(missing).toBe(0);
  const [chat = ""] = conversations;
  const [handle = ""] = ann.items(chat).flatMap(({ body }) => (body.kind === "file" ? [body.file.handle] : []));
  expect(new TextDecoder().decode(await world.during(ann.api.readFile(handle, 0, 100)))).toBe("a picture");
});

/** What stands there, without lines of the system's. */
function said(person: Person, chat: string): readonly string[] {
  return person.items(chat).flatMap(({ body, mine, from }) => {
    const who = mine ? "me" : from.name;
    if (body.kind === "text") return [`${who}: ${body.text}`];
    return body.kind === "file" ? [`${who}: file ${body.name.replace(/^\d{5} /, "")}`] : [];
  });
}

const weChatTable = [
  "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender",
  '2,5,1,0,1,1705341754,2,"好，""一定""到\n带上饺子",2024-01-15 18:02:34,,Maya,wxid_m',
  "1,5,1,0,0,1705341753,2,冬至回来吃饭[旺柴],2024-01-15 18:02:33,妈妈,Li,wxid_l",
  "3,5,3,0,0,1705341755,2,<msg><img aeskey='0'/></msg>,2024-01-15 18:02:35,妈妈,Li,wxid_l",
  "4,5,10000,0,0,1705341756,2,你撤回了一条消息,2024-01-15 18:02:36,妈妈,Li,wxid_l",
].join("\r\n");
const weChatPage = `<!doctype html><html><head><title>妈妈 - 微信聊天记录</title><script>fetch("https://evil.test")</script></head><body>
<div class="msg chat-notice" msgid="0"><div class="content-box"><span>你已添加了妈妈</span></div></div>
<div class="msg chat-left x" msgid="1" msgtype="1">
  <div class="avatar-box"><img src="a.png" class="avatar"></div>
  <div class="nt-box"><span class="name-left">妈妈</span> 2024-01-15 18:02:33</div>
  <div class="content-box msg"><div class="triangle"></div><span class="dont-break-out">冬至回来吃饭<img src="x" onerror="alert(1)" alt="[旺柴]">&lt;3<br>好吗</span></div>
</div>
<div class="msg media right x" msgid="2" msgtype="3">
  <div class="nt-box"><span class="dspname right">Maya</span> 2024-01-15 18:02:34</div>
  <div class="content-box"><img rawUrl="Data/1.jpg" src="Data/1t.jpg" class="image" /></div>
</div></body></html>`;
const weChatList = `<!DOCTYPE html><html><body><script>const chatMessages = [
{ type:0, text: '2024-01-15 18:02:33',is_send:0,avatar_path:'',timestamp:1705341753},{ type:1, text: '冬至回来吃饭[旺柴]\\'',is_send:0,avatar_path:'./a.png',timestamp:1705341753,is_chatroom:0,displayname:'妈妈'},{ type:3, text: './image/1.jpg',is_send:1,avatar_path:'',timestamp:1705341754,is_chatroom:0,displayname:'Maya'},
{ type:49,sub_type:57, text: '好',is_send:1,refer_text: '妈妈：冬至',avatar_path:'',timestamp:1705341755,is_chatroom:0,displayname:'Maya'},
]; alert({ type: 1, text: 'x' })</script></body></html>`;

async function messagesIn(text: string | Uint8Array<ArrayBuffer>, name: string) {
  const { chats } = await readImport(new Blob([text]), name);
  const [chat] = await Promise.all(chats.map((one) => one.read()));
  return {
    from: chat?.from,
    title: chat?.title,
    said: chat?.messages.map(({ author, text: words }) => `${author}: ${words}`),
    messages: chat?.messages,
  };
}

test("[KP10] WeChat, as a table of WeChatMsg's: in the order in which it was said, with who one is", async () => {
  const { from, title, said, messages } = await messagesIn(`\ufeff${weChatTable}`, "妈妈_utf8.csv");
  expect([from, title]).toEqual(["wechat", "妈妈"]);
  expect(said).toEqual(["妈妈: 冬至回来吃饭[旺柴]", 'Maya: 好，"一定"到\n带上饺子', "妈妈: [图片]"]);
  expect(messages?.map(({ mine }) => mine)).toEqual([false, true, false]);
  expect(messages?.[0]?.atMs).toBe(1_705_341_753_000);
});

test("[KP10] WeChat, as a table in the coding of Chinese Windows, and one with columns of another tool", async () => {
  const gb = Uint8Array.from([
    0xca, 0xb1, 0xbc, 0xe4, 0x2c, 0xb7, 0xa2, 0xcb, 0xcd, 0xd5, 0xdf, 0x2c, 0xc4, 0xda, 0xc8, 0xdd, 0x0a, 0x32, 0x30,
    0x32, 0x34, 0x2d, 0x30, 0x31, 0x2d, 0x31, 0x35, 0x20, 0x31, 0x38, 0x3a, 0x30, 0x32, 0x3a, 0x33, 0x33, 0x2c, 0xc2,
    0xe8, 0x2c, 0xba, 0xc3,
  ]);
  expect((await messagesIn(gb, "a.csv")).said).toEqual(["妈: 好"]);
  const chatlog = '时间,发送者,聊天对象,消息类型,内容\n"2024-01-15 18:02:33","妈妈","一家人","文本","冬至"';
  expect((await messagesIn(chatlog, "b.csv")).said).toEqual(["妈妈: 冬至"]);
});

test.each([
  [
    "WeChatMsg",
    "2024-01-15 18:02:33 妈妈\n冬至回来\n\n吃饭\n\n2024-01-15 18:02:34 Maya\n好\n\n2024-01-15 18:02:35 你撤回了一条消息\n\n",
  ],
  ["chatlog", "妈妈(wxid_l) 2024-01-15 18:02:33\n冬至回来\n\n吃饭\n\nMaya 2024-01-15 18:02:34\n好\n"],
  [
    "WechatExporter",
    "妈妈 - 微信聊天记录\n\n妈妈 (2024-01-15 18:02:33):冬至回来\n\n吃饭\n系统消息：你撤回了一条消息\nMaya (2024-01-15 18:02:34):好\n",
  ],
  [
    "its own mail",
    "微信聊天记录\n\n—————  2024-01-15  —————\n\n妈妈  18:02\n\n冬至回来\n\n吃饭\n\nMaya  18:02\n\n好\n",
  ],
])("[KP10] WeChat, as a text of %s", async (_, text) => {
  const { said, messages } = await messagesIn(text, "妈妈.txt");
  expect(said).toEqual(["妈妈: 冬至回来\n\n吃饭", "Maya: 好"]);
  expect(Math.floor((messages?.[0]?.atMs ?? 0) / 60_000) * 60_000).toBe(at(2024, 1, 15, 18, 2));
});

test("[KP10] WeChat, as a page: read as text, nothing of it run or fetched, and no file from elsewhere", async () => {
  const page = await messagesIn(weChatPage, "妈妈.html");
  expect(page.said).toEqual(["妈妈: 冬至回来吃饭[旺柴]<3\n好吗", "Maya: "]);
  expect(page.messages?.[1]).toMatchObject({ mine: true, files: ["Data/1.jpg"] });
  const list = await messagesIn(weChatList, "妈妈.html");
  expect(list.said).toEqual(["妈妈: 冬至回来吃饭[旺柴]'", "Maya: ", "Maya: 好\n「妈妈：冬至」"]);
  expect(list.messages?.[1]?.files).toEqual(["image/1.jpg"]);
  const away = weChatPage.replace("Data/1.jpg", "https://evil.test/1.jpg");
  expect((await messagesIn(away, "a.html")).said).toEqual(["妈妈: 冬至回来吃饭[旺柴]<3\n好吗"]);
});

test("[KP10] WeChat, as a zip: each table is a chat, with the files beside it", async () => {
  const brought = await readImport(
    await zipOf({ "聊天/妈妈/妈妈.html": weChatList, "聊天/妈妈/image/1.jpg": "a picture", "聊天/妈妈/妈妈.txt": "x" }),
    "x.zip",
  );
  expect(brought.chats.map(({ title }) => title)).toEqual(["妈妈"]);
  const [path = ""] = (await brought.chats[0]?.read())?.messages.flatMap(({ files = [] }) => files) ?? [];
  expect(await (await brought.file(path))?.text()).toBe("a picture");
  const all = weChatTable.replace("\r\n3,5,", "\r\n3,6,").replace("妈妈,Li,wxid_l\r\n4", "外婆,Wang,wxid_w\r\n4");
  const two = await readImport(new Blob([all]), "messages.csv");
  expect(two.chats.map(({ title }) => title)).toEqual(["妈妈", "外婆"]);
});

test("[KP10] what is wrong with a file of WeChat's is said with its place", async () => {
  const torn = weChatTable.replace("1705341755", "someday");
  expect(await faultOf(readImport(new Blob([torn]), "妈妈.csv"))).toBe("damaged: 妈妈.csv: 4");
  const shell = "<!doctype html><html><body><script src='Data/msg-1.js'></script></body></html>";
  expect(await faultOf(readImport(new Blob([shell]), "妈妈.html"))).toBe("no-messages: 妈妈.html");
  expect(await faultOf(readImport(new Blob(["a,b,c\n1,2,3"]), "list.csv"))).toBe("unknown: list.csv");
});

test("[KP10] however a file is cut into pieces, the same is read; and whatever stands in it ends in messages or a fault", () => {
  const texts = [
    weChatTable,
    weChatPage,
    weChatList,
    "2024-01-15 18:02:33 妈妈\n冬至\n\n2024-01-15 18:02:34 Maya\n好\n",
  ];
  const read = (text: string, cuts: readonly number[]) => {
    const reader = weChatReader(text.slice(0, 16_384), "x");
    const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length];
    for (const [n, to] of places.slice(1).entries()) reader?.push(text.slice(places[n], to));
    return reader?.end();
  };
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(fc.nat(5_000), { maxLength: 12 }), (text, cuts) => {
      expect(read(text, cuts)).toEqual(read(text, []));
    }),
  );
  const odd = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom('"', ",", "\n", "{ type:1,", "'", '<div class="msg chat-left', "}"),
  );
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(2_000), fc.array(odd), (text, place, parts) => {
      const spoiled = text.slice(0, place) + parts.join("") + text.slice(place);
      try {
        for (const { atMs, author, text: words } of read(spoiled, [place]) ?? []) {
          expect(Number.isSafeInteger(atMs)).toBe(true);
          expect(author.length <= 64 && words.isWellFormed()).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ImportError);
      }
    }),
  );
});

const many = 400_000;
const content = (words: string) => weChatPage.replace("冬至回来吃饭", words);
/** A page that ends in the words of its last message. */
const ending = (words: string) => weChatPage.slice(0, weChatPage.indexOf("<img rawUrl")) + words;
// A reader that goes over the same characters again takes 10^10 steps or more for most of these.
test.each([
  ["a head of WhatsApp's, spaces", `15/01/24, 18:02 - Mum: hi\n1/1/24${" ".repeat(many)}x`, "Mum.txt"],
  ["a page, spaces", content(`${" ".repeat(many)}x`), "妈妈.html"],
  ["a page, brackets that open", ending("<".repeat(many)), "妈妈.html"],
  ["a page, scripts that do not end", content("<script>".repeat(many / 4)), "妈妈.html"],
  ["a page, pictures that do not end", ending("<img ".repeat(many / 2)), "妈妈.html"],
  ["a page, films that do not end", ending("<video ".repeat(many / 2)), "妈妈.html"],
  ["a text, spaces", `妈妈(wxid_l) 2024-01-15 18:02:33\n${`a${" ".repeat(many)}x\n`.repeat(2)}`, "妈妈.txt"],
  [
    "a table, a time of spaces",
    `时间,发送者,内容\n2024-01-15 18:02:33,妈妈,好\n2024-01-15${" ".repeat(many)}x,妈妈,好`,
    "a.csv",
  ],
])(
  "[KP16] a file that was made to hang its reader is read, or refused, in one go: %s",
  async (_, text, name) => {
    expect(await faultOf(readImport(new Blob([text]), name))).toMatch(/^(none|damaged: a\.csv: 3)$/);
  },
  10_000,
);

test("[KP16] a text that is one endless line is damaged, and its pieces are not put together for ever", async () => {
  const text = `妈妈(wxid_l) 2024-01-15 18:02:33\n冬至\n${"x".repeat(6 << 20)}`;
  expect(await faultOf(readImport(new Blob([text]), "妈妈.txt"))).toBe("damaged: 妈妈.txt");
});

test("[KP16] of a page's words scripts and styles are left out, and a bracket that nothing closes is a word", async () => {
  const words = 'a<SCRIPT>b</Script>c<style x>d</style>e<b\n>f</b> \n  g<img src="x" alt="[旺柴]">&lt;';
  expect((await messagesIn(content(words), "妈妈.html")).said?.[0]).toMatch(/^妈妈: acef\ng\[旺柴\]<\[旺柴\]<3\n好吗$/);
  const sound = weChatPage.replace(/<img rawUrl="[^>]*>/, '<audio controls src="Data/2.mp3"></audio>');
  expect((await messagesIn(sound, "妈妈.html")).messages?.[1]?.files).toEqual(["Data/2.mp3"]);
  const open = `${weChatPage.slice(0, weChatPage.lastIndexOf("</div>\n</div>"))}1 < 2`;
  expect((await messagesIn(open, "妈妈.html")).said?.[1]).toBe("Maya: 1 < 2");
  const cut = content("a<script>b");
  expect((await messagesIn(cut, "妈妈.html")).said?.[0]).toMatch(/^妈妈: ab/);
});

test("[KP16] a file that WhatsApp attached is known by the word behind its name, however far that stands", () => {
  const filesOf = (words: string) => readWhatsApp(`15/01/24, 18:02 - Mum: ${words}`, "Mum").messages[0]?.files;
  expect(filesOf("\u200eIMG 1.jpg   (file attached)")).toEqual(["IMG 1.jpg"]);
  expect(filesOf("<附件：  a b.jpg>")).toEqual(["a b.jpg"]);
  expect(filesOf(`${"a".repeat(252)} (file attached)`)).toBeUndefined();
  expect(filesOf("(file attached)")).toBeUndefined();
});

test("[KP17] a file that many messages name is unpacked no further than the limit of the whole, and nothing stays", async () => {
  const few = { ...importLimits, allBytesMax: 100 } as unknown as typeof importLimits;
  const zip = await openZip(await zipOf({ "b.jpg": "1".repeat(60) }), few);
  const text = "15/01/24, 18:04 - Mum: b.jpg (file attached)\n".repeat(3);
  const chat = { title: "Mum", read: async () => readWhatsApp(text, "Mum") };
  const brought = { chats: [chat], file: (path: string) => zip.read(path, 1_000), close: zip.close };
  const world = new World({ seed: 964, files: true });
  const ann = await world.person("Ann");
  expect(await faultOf(world.during(runImport(ann.api, brought, "Ann")))).toBe("too-large: b.jpg");
  expect(ann.disk.all("SELECT * FROM blobs")).toEqual([]);
  expect(ann.view("chats").filter(({ title }) => title === "Mum")).toEqual([]);
});

test("[KP17] each file is stored before the next is unpacked, in the order of what was said", async () => {
  const world = new World({ seed: 965, files: true });
  const ann = await world.person("Ann");
  const text = ["a.jpg", "b.jpg", "c.jpg"].map((name) => `15/01/24, 18:04 - Mum: ${name} (file attached)\n${name}`);
  const files = { "a.jpg": "a", "b.jpg": "b", "c.jpg": "c" };
  const brought = await readImport(await zipOf({ "_chat.txt": text.join("\n"), ...files }), "x.zip");
  const order: string[] = [];
  const watched = {
    ...brought,
    file: (path: string) => {
      order.push(`out ${path}`);
      return brought.file(path);
    },
  };
  const importMessages: typeof ann.api.importMessages = async (chat, messages) => {
    await ann.api.importMessages(chat, messages);
    order.push(...messages.flatMap(({ file }) => (file === undefined ? [] : [`in ${file.name}`])));
  };
  const { beginImport, dropImport } = ann.api;
  const target = { beginImport, dropImport, importMessages };
  const { conversations, messages } = await world.during(runImport(target, watched, "Ann"));
  expect(order).toEqual(["out a.jpg", "in a.jpg", "out b.jpg", "in b.jpg", "out c.jpg", "in c.jpg"]);
  expect(messages).toBe(3);
  const [chat = ""] = conversations;
  const both = (name: string) => [`Mum: file ${name}`, `Mum: ${name}`];
  expect(said(ann, chat)).toEqual([...both("a.jpg"), ...both("b.jpg"), ...both("c.jpg")]);
});

test("[KP17] the limit of messages is that of all chats together, also while they are read", async () => {
  const half = importLimits.messagesMax / 2 + 1;
  const chat = (name: string, messages: readonly unknown[]) => ({ name, type: "personal_chat", messages });
  const none = Array.from({ length: half }, () => null);
  expect(() => readTelegram({ chats: { list: [chat("A", none), chat("B", none)] } })).toThrow("too-many B");
  const table = ["时间,发送者,内容", ...Array.from({ length: half }, (_, n) => `1705341753,妈妈,${n}`)].join("\n");
  const tables = await zipOf({ "a.csv": table, "b.csv": table });
  expect(await faultOf(readImport(tables, "x.zip"))).toBe("too-many: b.csv");
  // Those of this app's own export are read one chat after another.
  const world = new World({ seed: 966, files: true });
  const ann = await world.person("Ann");
  const message = (date_unixtime: string) => ({ type: "message", date_unixtime, from: "Mum", text: "hi" });
  const two = [message("1705341753"), message("1705341754")];
  const all = JSON.stringify({ chats: { list: [chat("A", two), chat("B", two)] } });
  const brought = await readImport(new Blob([all]), "result.json");
  const run = (messagesMax: number) => world.during(runImport(ann.api, brought, "Ann", undefined, { messagesMax }));
  expect(await faultOf(run(3))).toBe("too-many: B");
  expect(ann.view("chats").filter(({ state }) => state === "imported")).toEqual([]);
  expect((await run(4)).messages).toBe(4);
});
