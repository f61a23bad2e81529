/** Linking, where the other side is somebody who saw the link, or made one (docs/spec/identity.md ID12–ID21). */
import { expect, test } from "bun:test";
import type { NoteOf } from "@yanshu/content";
import type { KeyPair } from "@yanshu/mls";
import {
  type Bytes,
  beginList,
  concat,
  decodeLink,
  encodeEntry,
  encodeLink,
  entryBytes,
  fromHex,
  historyOf,
  nextEntryBody,
  takeHistory,
  utf8,
} from "@yanshu/wire";
import { type Person, stepOf, World, worldDomain } from "../index.ts";
import { type DarkMeeting, type MeetingPlace, meetInTheDark, tellInTheDark } from "../world/met.ts";
import { type Stranger, stranger } from "../world/strangers.ts";
import { crypto, listAt } from "./evil-home.ts";

type Fresh = { readonly key: KeyPair; readonly nonce: Bytes };

async function freshKey(): Promise<Fresh> {
  return { key: await crypto.signatureKeyPair(crypto.random(32)), nonce: crypto.random(16) };
}

function revealOf({ key, nonce }: Fresh): NoteOf<"linkReveal"> {
  return { kind: "linkReveal", deviceKey: key.publicKey, nonce };
}

/** What a new device would show that has this key. */
function linkBy({ address, sealKey }: MeetingPlace, { key, nonce }: Fresh, server = worldDomain): string {
  const commitment = crypto.sha256(concat(utf8("yanshu link commitment v1\0"), key.publicKey, nonce));
  const link = { server, rendezvous: address, sealKey, commitment };
  return encodeLink("https://yan.test", { kind: "device", link });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: { code: string }) => error.code,
  );
}

/** Ann scans a link that somebody made, and they hear where she waits. */
async function scanned(seed: number) {
  const world = new World({ seed });
  const ann = await world.person("Ann");
  const [dark, fresh] = [await meetInTheDark(world), await freshKey()];
  await world.during(ann.api.scanDevice(linkBy(dark, fresh)));
  const { replyTo: address, replySealKey: sealKey } = await dark.hears("linkHello");
  return { world, ann, dark, fresh, to: { address, sealKey } };
}

test("[ID12] a person who shows another key than the one that their link committed to is shown no words, and joins nothing", async () => {
  const { world, ann, fresh, to } = await scanned(9301);
  const other = await freshKey();
  // As somebody would who looks for a key until the four words are the same.
  await tellInTheDark(world, to, revealOf({ key: other.key, nonce: fresh.nonce }));
  expect(ann.view("linking")).toEqual({ side: "old", step: "stopped", why: "words-differ" });
  expect(await codeOf(ann.api.confirmWords(true))).toBe("link-expired");
  const again = await scanned(9302);
  await tellInTheDark(again.world, again.to, revealOf({ key: again.fresh.key, nonce: crypto.random(16) }));
  expect(again.ann.view("linking")).toEqual({ side: "old", step: "stopped", why: "words-differ" });
  expect(again.ann.view("devices")).toHaveLength(1);
});

test("[ID14] once the words are shown no other key takes their place, and nobody confirms before", async () => {
  const { world, ann, dark, fresh, to } = await scanned(9303);
  expect(await codeOf(ann.api.confirmWords(true))).toBe("link-expired");
  // Packages of a device that has shown no key yet are nobody's.
  await tellInTheDark(world, to, { kind: "linkReady", keyPackages: [] });
  expect(ann.view("linking")).toEqual({ side: "old", step: "waiting" });
  await tellInTheDark(world, to, revealOf(fresh));
  const shown = ann.view("linking");
  expect(shown).toMatchObject({ side: "old", step: "compare" });
  await tellInTheDark(world, to, revealOf(await freshKey()));
  expect(ann.view("linking")).toEqual(shown);
  await world.during(ann.api.confirmWords(true));
  await dark.hears("linkConfirm");
  expect(ann.view("devices")).toHaveLength(2);
  const listed = (await listAt(world, ann.account)).entries.at(-1)?.body.devices ?? [];
  expect(listed.some((key) => Buffer.from(key).equals(fresh.key.publicKey))).toBe(true);
});

test("[ID14] words that nobody compared within ten minutes are confirmed no more", async () => {
  const { world, ann, fresh, to } = await scanned(9304);
  await tellInTheDark(world, to, revealOf(fresh));
  await world.pass(11 * 60_000);
  expect(await codeOf(ann.api.confirmWords(true))).toBe("link-expired");
  expect(ann.view("devices")).toHaveLength(1);
});

test("[ID12] a link of another kind, or of another home, is not scanned", async () => {
  const world = new World({ seed: 9305 });
  const ann = await world.person("Ann");
  const place = { address: crypto.random(16), sealKey: (await crypto.sealKeyPair()).publicKey };
  expect(await codeOf(ann.api.scanDevice("no link"))).toBe("bad-link");
  expect(await codeOf(ann.api.scanDevice(await world.during(ann.api.myLink())))).toBe("bad-link");
  expect(await codeOf(ann.api.scanDevice(linkBy(place, await freshKey(), "else.test")))).toBe("wrong-server");
  expect(await codeOf(ann.api.startLinking())).toBe("has-account");
});

/** A new device that shows its link, and what of it somebody needs who saw it. */
async function shownLink(seed: number) {
  const world = new World({ seed });
  const tablet = await world.device("Ann");
  await world.during(tablet.api.startLinking());
  const view = tablet.view("linking");
  const read = decodeLink(view.side === "new" && view.step === "show" ? view.link : "");
  if (read?.kind !== "device") throw new Error("no link is shown");
  const { rendezvous: address, sealKey } = read.link;
  const dark = await meetInTheDark(world);
  return { world, tablet, to: { address, sealKey }, dark };
}

function helloBy({ account, history, deviceKey }: Stranger, dark: DarkMeeting, name = "Ann"): NoteOf<"linkHello"> {
  const { address: replyTo, sealKey: replySealKey } = dark;
  return {
    kind: "linkHello",
    account,
    history,
    deviceKey: deviceKey.publicKey,
    nonce: crypto.random(16),
    replyTo,
    replySealKey,
    name,
  };
}

const nameOn = (tablet: Person) => {
  const view = tablet.view("linking");
  return view.side === "new" && view.step === "compare" ? view.who.name : undefined;
};

test("[ID21] who scans in the name of an account whose list does not name them is shown to nobody", async () => {
  const [ann, mallory] = [await stranger(), await stranger()];
  const broken = { ...ann.history, entries: [Uint8Array.of(1)] };
  const lies: readonly Partial<NoteOf<"linkHello">>[] = [
    { deviceKey: mallory.deviceKey.publicKey },
    { account: mallory.account },
    { history: mallory.history },
    { history: broken },
  ];
  for (const [i, lie] of lies.entries()) {
    const { world, tablet, to, dark } = await shownLink(9310 + i);
    await tellInTheDark(world, to, { ...helloBy(ann, dark), ...lie });
    expect(tablet.view("linking")).toEqual({ side: "new", step: "stopped", why: "refused" });
    expect(dark.heard).toEqual([]);
  }
});

test("[ID12] only the first who scans is answered, and nobody is joined before somebody scanned", async () => {
  const { world, tablet, to, dark } = await shownLink(9320);
  expect(await codeOf(tablet.api.confirmJoin(true))).toBe("link-expired");
  const [first, second] = [await stranger(), await stranger()];
  await tellInTheDark(world, to, helloBy(first, dark, "First"));
  expect(nameOn(tablet)).toBe("First");
  const late = await meetInTheDark(world);
  await tellInTheDark(world, to, helloBy(second, late, "Second"));
  expect(nameOn(tablet)).toBe("First");
  expect(late.heard).toEqual([]);
  await world.pass(11 * 60_000);
  expect(await codeOf(tablet.api.confirmJoin(true))).toBe("link-expired");
  expect(stepOf(tablet)).toBe("stopped");
});

/** The stranger's list, with the new device in it; or, signed by somebody else, one that is none. */
async function listedWith(by: Stranger, deviceKey: Bytes, signer = by) {
  const begun = await takeHistory(crypto, beginList(crypto, by.history.inception), by.history);
  if (begun.kind === "refused") throw new Error(begun.why);
  const devices = [by.deviceKey.publicKey, deviceKey];
  const body = nextEntryBody(begun.list, { devices }, by.deviceKey.publicKey);
  const entry = encodeEntry(body, await signer.sign(entryBytes(body)));
  return { inception: by.history.inception, entries: [...historyOf(begun.list).entries, entry] };
}

test("[ID15] a device joins the account alone whose words it showed, once that account's list names it", async () => {
  const [ann, mallory] = [await stranger(), await stranger()];
  const { world, tablet, to, dark } = await shownLink(9330);
  await tellInTheDark(world, to, helloBy(ann, dark));
  const { deviceKey } = await dark.hears("linkReveal");
  await world.during(tablet.api.confirmJoin(true));
  // Another's list may name it, who heard of its key; nobody compared words for that one.
  await tellInTheDark(world, to, {
    kind: "linkConfirm",
    history: await listedWith(mallory, deviceKey),
    packagesWanted: 1,
  });
  expect(stepOf(tablet)).toBe("compare");
  expect(tablet.view("status").phase).toBe("linking");
  // The right one, and it says of the device nothing; or says it by a signature that is none.
  await tellInTheDark(world, to, { kind: "linkConfirm", history: ann.history, packagesWanted: 1 });
  expect(tablet.view("linking")).toEqual({ side: "new", step: "stopped", why: "refused" });
  expect(tablet.view("status").phase).toBe("new");

  const other = await shownLink(9331);
  await tellInTheDark(other.world, other.to, helloBy(ann, other.dark));
  const { deviceKey: key } = await other.dark.hears("linkReveal");
  await other.world.during(other.tablet.api.confirmJoin(true));
  await tellInTheDark(other.world, other.to, {
    kind: "linkConfirm",
    history: await listedWith(ann, key, mallory),
    packagesWanted: 1,
  });
  expect(other.tablet.view("linking")).toEqual({ side: "new", step: "stopped", why: "refused" });
  expect(other.tablet.view("status").phase).toBe("new");
});

test("[ID15] a device joins the account that was confirmed, once", async () => {
  const ann = await stranger();
  const { world, tablet, to, dark } = await shownLink(9332);
  await tellInTheDark(world, to, helloBy(ann, dark));
  const { deviceKey } = await dark.hears("linkReveal");
  await world.during(tablet.api.confirmJoin(true));
  const confirm = { kind: "linkConfirm", history: await listedWith(ann, deviceKey), packagesWanted: 1 } as const;
  await tellInTheDark(world, to, confirm, confirm);
  expect(fromHex(tablet.account)).toEqual(ann.account);
  expect(world.bugs()).toEqual([]);
});
