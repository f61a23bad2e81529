/** What others exported, read: by examples as the programs write them, by what anybody could write, and by zips made to harm. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Person, World } from "@yanshu/testing";
import { ZipWriter } from "@zip.js/zip.js/lib/zip-core-native.js";
import fc from "fast-check";
import { authorsOf, ImportError, importLimits } from "./imported.ts";
import { makeZip } from "./make-zip.ts";
import { isSafePath, openZip } from "./open-zip.ts";
import { readImport } from "./read-import.ts";
import { runImport } from "./run-import.ts";
import { readTelegram } from "./telegram.ts";
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
  expect(chat.letters.map(({ author, text: said }) => [author, said])).toEqual([
    ["Mum", first],
    ["Me", "two\nlines"],
  ]);
  expect(chat.letters[0]?.atMs).toBe(firstMs);
  expect(authorsOf(chat)).toEqual(["Mum", "Me"]);
});

test("[KP10] days that are told by no single date are told by their order; lines that nobody said have no author", () => {
  const chat = readWhatsApp("01/02/24, 10:00 - Messages are private.\n02/01/24, 10:00 - Mum: later\n", "Mum");
  expect(chat.letters[0]).toMatchObject({ author: "", atMs: at(2024, 1, 2, 10, 0) });
  expect(chat.letters[1]).toMatchObject({ author: "Mum", atMs: at(2024, 2, 1, 10, 0) });
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
    { title: "外婆", letters: [{ text: "吃了吗", author: "外婆" }, { files: ["photos/a.jpg"] }] },
  ]);
  const [all] = readTelegram({ personal_information: { user_id: 2 }, chats: { list: [chat] } });
  expect(all?.letters.map(({ mine }) => mine === true)).toEqual([false, true]);
});

test("[KP10] whatever is in a text or in JSON, reading ends in letters or in a fault that is named", () => {
  const said = fc.array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("15/01/24, 18:02 - ", "[1/1/2024, 1:1:1] ", ": ", "\n", "<attached: ../x>"),
    ),
  );
  fc.assert(
    fc.property(said, (parts) => {
      try {
        for (const { atMs, author, text } of readWhatsApp(parts.join(""), "x").letters) {
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
        for (const { letters } of readTelegram(json))
          for (const { atMs, text } of letters) expect(atMs > 0 && text.isWellFormed()).toBe(true);
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

const words = { lang: "en", title: "Chats", gone: "gone", when: String, line: ({ kind }: { kind: string }) => kind };

test("[KP9] what was exported on one server is read on another, as history that nobody can write to", async () => {
  const old = new World({ seed: 960, files: true });
  const [ann, ben] = [await old.person("Ann"), await old.person("Ben")];
  const chat = await old.befriend(ann, ben);
  const file = new Uint8Array(1_200_000).map((_, n) => n * 3);
  await ann.api.sendFile(chat, { source: new Blob([file]), name: "a.pdf", type: "application/pdf" });
  for (let i = 0; i < 30; i++) await (i % 2 === 0 ? ann : ben).say(chat, `letter ${i}`);
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
  const { hits } = await fresh.during(again.api.searchMessages({ query: "letter 17", limit: 5 }));
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

/** What stands there, without lines of the system's. */
function said(person: Person, chat: string): readonly string[] {
  return person.items(chat).flatMap(({ body, mine, from }) => {
    const who = mine ? "me" : from.name;
    if (body.kind === "text") return [`${who}: ${body.text}`];
    return body.kind === "file" ? [`${who}: file ${body.name.replace(/^\d{5} /, "")}`] : [];
  });
}
