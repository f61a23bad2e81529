/**
 * Coming back by the family, where the other side is somebody who saw the code, or made one (docs/spec/identity.md
 * ID37, ID38).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { NoteOf } from "@yanshu/content";
import { type Bytes, concat, decodeLink, encodeLink, fromHex, utf8 } from "@yanshu/wire";
import { type Person, World, worldDomain } from "../index.ts";
import { type DarkMeeting, type MeetingPlace, meetInTheDark, tellInTheDark } from "../world/met.ts";
import { sayInTheDark } from "../world/turned.ts";
import { crypto } from "./evil-home.ts";

setDefaultTimeout(90_000);

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: { code: string }) => error.code,
  );
}

async function family(seed: number) {
  const world = new World({ seed });
  const grandma = await world.person("外婆");
  const helpers = [await world.person("妈妈"), await world.person("小明"), await world.person("舅舅")] as const;
  const chats = [];
  for (const helper of helpers) chats.push(await world.befriend(grandma, helper));
  await world.during(grandma.api.chooseFamily({ helpers: helpers.map(({ account }) => account) }));
  await world.until("all keep it", () => grandma.view("family").helpers.filter(({ isKept }) => isKept).length === 3);
  return { world, grandma, helpers, chats, account: grandma.account };
}

/** What somebody would show who lost their devices, and has this nonce. */
function codeBy({ address: meet, sealKey }: MeetingPlace, nonce: Bytes, server = worldDomain): string {
  const commitment = crypto.sha256(concat(utf8("yanshu link commitment v1\0"), sealKey, nonce));
  return encodeLink("https://yan.test", { kind: "help", link: { server, meet, sealKey, commitment } });
}

/** 妈妈 opens a code that somebody made, and they hear where she waits. */
async function helped(seed: number) {
  const { world, helpers, account } = await family(seed);
  const [mum] = helpers;
  const [dark, nonce] = [await meetInTheDark(world), crypto.random(16)];
  await world.during(mum.api.helpBack({ account, link: codeBy(dark, nonce) }));
  const { replyTo: address, replySealKey: sealKey } = await dark.hears("familyHello");
  return { world, mum, dark, nonce, to: { address, sealKey } };
}

test("[ID38] a helper sees no words, and hands nothing over, where the code committed to something else", async () => {
  const { world, mum, dark, to } = await helped(9401);
  expect(await codeOf(mum.api.confirmHelp(true))).toBe("link-expired");
  // As somebody would who looks for a nonce until the four words are the same.
  await tellInTheDark(world, to, { kind: "familyReveal", nonce: crypto.random(16) });
  expect(mum.view("family").helping).toMatchObject({ step: "stopped", why: "words-differ" });
  expect(await codeOf(mum.api.confirmHelp(true))).toBe("link-expired");
  expect(dark.heard.map(({ kind }) => kind)).toEqual(["familyHello"]);
});

test("[ID38] once a helper sees the words nothing else takes their place", async () => {
  const { world, mum, dark, nonce, to } = await helped(9402);
  await tellInTheDark(world, to, { kind: "familyReveal", nonce });
  const shown = mum.view("family").helping;
  expect(shown).toMatchObject({ step: "compare" });
  await tellInTheDark(world, to, { kind: "familyReveal", nonce: crypto.random(16) });
  expect(mum.view("family").helping).toEqual(shown);
  await world.during(mum.api.confirmHelp(true));
  await dark.hears("familyPiece");
});

test("[ID38] a helper opens codes of their own home alone, for those whose piece they keep", async () => {
  const { world, helpers, account } = await family(9403);
  const [mum, ming] = helpers;
  const place = { address: crypto.random(16), sealKey: (await crypto.sealKeyPair()).publicKey };
  const code = codeBy(place, crypto.random(16));
  expect(await codeOf(mum.api.helpBack({ account, link: await world.during(mum.api.myLink()) }))).toBe("bad-link");
  expect(await codeOf(mum.api.helpBack({ account, link: codeBy(place, crypto.random(16), "else.test") }))).toBe(
    "wrong-server",
  );
  expect(await codeOf(mum.api.helpBack({ account: ming.account, link: code }))).toBe("unknown-contact");
});

/** A device that shows its code, and what of it somebody needs who saw it. */
async function shownCode(seed: number) {
  const { world, grandma, helpers, account } = await family(seed);
  grandma.crash();
  const phone = await world.device("外婆");
  await world.during(phone.api.meetHelper());
  const place = placeOf(phone);
  return { world, phone, helpers, account, place, dark: await meetInTheDark(world) };
}

const meeting = (phone: Person) => {
  const { back } = phone.view("family");
  return back.step === "pieces" ? back.meeting : undefined;
};

function placeOf(phone: Person): MeetingPlace {
  const met = meeting(phone);
  const read = decodeLink(met?.kind === "code" ? met.link : "");
  if (read?.kind !== "help") throw new Error("no code is shown");
  return { address: read.link.meet, sealKey: read.link.sealKey };
}

function helloBy({ address: replyTo, sealKey: replySealKey }: DarkMeeting, account: string, name: string) {
  const nonce = crypto.random(16);
  const note: NoteOf<"familyHello"> = {
    kind: "familyHello",
    account: fromHex(account),
    nonce,
    replyTo,
    replySealKey,
    name,
    called: "外婆",
  };
  return note;
}

function pieceWith(nonce: Bytes): NoteOf<"familyPiece"> {
  return { kind: "familyPiece", nonce, check: crypto.random(16), piece: new Uint8Array(33).fill(1) };
}

const helpedBy = (phone: Person) => {
  const { back } = phone.view("family");
  return back.step === "pieces" ? back.helped : undefined;
};

test("[ID38] a piece is taken from whom the words were compared with, and from nobody else who saw the code", async () => {
  const { world, phone, helpers, account, place, dark } = await shownCode(9404);
  // Before anybody said who they are.
  await tellInTheDark(world, place, pieceWith(crypto.random(16)));
  expect(helpedBy(phone)).toEqual([]);
  const hello = helloBy(dark, account, "First");
  await tellInTheDark(world, place, hello);
  expect(meeting(phone)).toMatchObject({ kind: "compare", by: "First" });
  const shown = meeting(phone);
  const late = await meetInTheDark(world);
  await tellInTheDark(world, place, helloBy(late, account, "Second"));
  expect(meeting(phone)).toEqual(shown);
  expect(late.heard).toEqual([]);
  // Who saw the code does not know what the first one said.
  await tellInTheDark(world, place, pieceWith(crypto.random(16)));
  expect(helpedBy(phone)).toEqual([]);
  expect(meeting(phone)).toEqual(shown);
  await tellInTheDark(world, place, pieceWith(hello.nonce));
  expect(helpedBy(phone)).toEqual(["First"]);
  expect(helpers).toHaveLength(3);
});

test("[ID38] who lives on a device does not come back there by their family", async () => {
  const world = new World({ seed: 9405 });
  const ann = await world.person("Ann");
  expect(await codeOf(ann.api.meetHelper())).toBe("has-account");
  const phone = await world.device("Ben");
  expect(await codeOf(phone.api.restoreAccount({ family: true, areOthersLost: true }))).toBe("no-account");
});

const piecesOf = (person: Person) =>
  person.disk.all<{ piece: Bytes | null }>("SELECT piece FROM pieces").map(({ piece }) => piece !== null);

test("[ID37] a piece is heard in the chat of two alone, from a contact, and sealed to the device that hears it", async () => {
  const { world, helpers } = await family(9406);
  const [mum, ming, uncle] = helpers;
  const mallory = await world.person("Mallory");
  await world.befriend(mum, mallory);
  const group = await world.group(mum, [mallory, ming], "Board");
  await world.pass(5_000);
  const said = { kind: "familyPiece", stampMs: world.clock.nowMs(), check: crypto.random(16), sealed: [] } as const;
  // Without a piece it says that nothing is to be kept any more; in a group nobody's word does that.
  await sayInTheDark(world, mallory, group, [said]);
  await world.pass(5_000);
  expect(mum.disk.all("SELECT 1 FROM pieces WHERE account = ?", fromHex(mallory.account))).toEqual([]);
  // A piece that lies open was sealed to nobody.
  const open = { ...said, piece: new Uint8Array(33) } as const;
  await sayInTheDark(world, mallory, await world.befriend(uncle, mallory), [open]);
  await world.pass(5_000);
  expect(uncle.disk.get("SELECT piece FROM pieces WHERE account = ?", fromHex(mallory.account))).toEqual({
    piece: null,
  });
  expect([mum, ming, uncle].map(piecesOf).map((kept) => kept.filter(Boolean).length)).toEqual([1, 1, 1]);
});

test("[ID75] who chooses their helpers anew is helped, though a device that was put out took a piece back for ever", async () => {
  const { world, grandma, helpers, chats } = await family(9407);
  const [mum] = helpers;
  const [chat = ""] = chats;
  const tablet = await world.linkDevice(grandma);
  await world.until("it is in the chat", () => tablet.view("conversation", chat)?.state === "open");
  await world.pass(60_000);
  const check = mum.disk.get<{ check_of: Bytes }>("SELECT check_of FROM pieces")?.check_of ?? new Uint8Array();
  const stampMs = Number.MAX_SAFE_INTEGER;
  await sayInTheDark(world, tablet, chat, [{ kind: "familyPiece", stampMs, check, sealed: [] }]);
  const kept = () => grandma.view("family").helpers.filter(({ isKept }) => isKept).length;
  await world.until("it is shown", () => kept() === 2);
  expect(piecesOf(mum)).toEqual([false]);
  await world.during(grandma.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.during(grandma.api.chooseFamily({ helpers: helpers.map(({ account }) => account) }));
  await world.until("all keep the new ones", () => kept() === 3);
  expect(piecesOf(mum)).toEqual([true]);
});
