/**
 * Bridge: an account whose messages a program answers that was written for WeChat (docs/spec/bridge.md). The messages
 * are opened here, by the account's own client, and nowhere else; to the program it is WeChat.
 */
import { ClientError, type FileView, type Hex, type PictureToSend, type TimelineItem } from "@yanshu/client";
import { answering, type Incoming, spared } from "../../answering.ts";
import type { Context } from "../../context.ts";
import { sizeOfPicture } from "../../picture-at.ts";
import { answerOf, sessionsOf } from "./backend.ts";
import { type Asked, ask, type Bot } from "./callback.ts";
import { callsOf, type Person } from "./calls.ts";
import { fairPlaces } from "./fair.ts";
import type { Followers } from "./followers.ts";
import type { MenuShelf } from "./menu.ts";
import { type Keys, messageIdOf, messagesOf, openidOf, originalIdOf, type Shelved, subscribed } from "./message.ts";
import { placesOf } from "./places.ts";
import { type Said, saidInXml } from "./said.ts";
import type { Scene, Scenes } from "./scenes.ts";
import { fileBytesMax, type Kept, type Shelf } from "./shelf.ts";
import type { Fields } from "./xml.ts";

type Body = TimelineItem["body"];

export type BridgeParts = {
  readonly context: Pick<Context, "device" | "api" | "view" | "io">;
  readonly bot: Bot;
  readonly shelf: Shelf;
  readonly followers: Followers;
  readonly menu: MenuShelf;
  readonly scenes: Scenes;
  /** Makes a person's openid; the program has it not. */
  readonly openidKey: string;
  /** The server of the account's mini programs; undefined: it has none. */
  readonly backend: string | undefined;
  /** A mini program that is given to each person once; undefined: none. */
  readonly program: { readonly id: string; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
  /** Whom which was given to. */
  readonly given: Followers;
  readonly port: number;
  /** So long are the files of a message waited for (PA45); 60,000 by default. */
  readonly filesMsMax?: number;
  /** What is said where the bot gave no answer that can be read, as WeChat says it. */
  readonly faultWords: string;
  /** A message that WeChat's interface has no form for, in words. */
  readonly wordsFor: (body: Body) => string;
  /** Told when the bot stops or begins to be there. */
  readonly onAway: (isAway: boolean) => void;
};

/** So many people are answered at once. */
const atOnce = 16;
const stepBytes = 1 << 20;
const pixelsMax = 100_000;
/** So often is a file asked for that cannot be had, with a pause that doubles. */
const readTries = 3;
const readPauseMs = 500;
/** So often is a program that has no time for it told in one run that somebody follows it. */
const greetTries = 3;
/** A question is asked within so long, by its author's clock: nobody waits for the answer of an older one. */
const askMsMax = 60_000;
/** And so long after it came: its author waits for the answer's way, too. */
const turnMsMax = 30_000;
/** So long the bridge knows what it answered: one that comes a second time is not asked again. */
const answeredMs = 180_000;
/** So many questions wait in all; of one person two are asked at once, and eight wait. */
const questions = { atOnce, eachAtOnce: 2, eachWaiting: 8, waiting: 200 } as const;
const busy = JSON.stringify({ fail: "busy" });
/** The two clocks differ, or home held it back: its author is told, and nothing is done. */
const wrongClock = JSON.stringify({ fail: "clock differs" });
/**
 * So long somebody new is waited for, who may say by which code they came, and in so many messages it is looked for.
 */
const scanned = { waitMs: 5_000, messages: 20 } as const;
const awayMsMin = 500;
const awayMsMax = 10_000;

export function openBridge(parts: BridgeParts) {
  const { context, bot, shelf, followers, menu, scenes, openidKey, backend, program, given } = parts;
  const { port, filesMsMax = 60_000, faultWords, wordsFor, onAway } = parts;
  const { api, device, view, io } = context;
  const { account } = bot;
  const isOver = io.interrupted;
  const to = originalIdOf(account.secret);
  const openids = new Map<Hex, string>();
  const openidFor = (person: Hex) => {
    const known = openids.get(person) ?? openidOf(openidKey, person);
    openids.set(person, known);
    return known;
  };
  const contacts = () => view("contacts").filter(({ blocked, conversation }) => !blocked && conversation !== undefined);
  const people = (): readonly Person[] =>
    contacts().map((one) => ({ openid: openidFor(one.account), name: one.ownName }));

  const inPlace = placesOf(atOnce);
  /** So many of those who wait to be greeted go before what people say. */
  const inGreetingPlace = placesOf(atOnce);
  /** How often each was greeted in this run, by openid. */
  const greetings = new Map<string, number>();

  /** Where they went, blocked the account, or it cannot be said, the next message is answered all the same. */
  const say = (conversation: Hex, said: readonly Said[]): Promise<boolean> => spared(sayAll(conversation, said));

  async function sayAll(conversation: Hex, said: readonly Said[]): Promise<void> {
    for (const one of said) await sayOne(conversation, one);
  }

  async function sayOne(conversation: Hex, said: Said): Promise<void> {
    switch (said.kind) {
      case "text":
        await api.sendText(conversation, said.text, said.link === undefined ? {} : { link: said.link });
        return;
      case "form":
        await api.sendServiceForm(conversation, said.form);
        return;
      case "hand-over":
        await api.markUnread(conversation);
        return;
      case "media":
        await sendFile(conversation, said.id);
    }
  }

  async function sendFile(conversation: Hex, id: string): Promise<void> {
    const found = await shelf.get(id);
    if (found === undefined) return;
    const { bytes, kept } = found;
    const source = new Blob([bytes]);
    const picture = pictureIn(bytes);
    if (picture !== undefined) {
      const one = { ...picture, source, placeholder: new Uint8Array() };
      await api.sendPhotos(conversation, { pictures: [one], caption: "" });
    } else if (isVoice(kept)) {
      const { ms = 0, waveform = "" } = kept;
      await api.sendVoice(conversation, { source, type: kept.mime, ms, waveform: Buffer.from(waveform, "hex") });
    } else {
      const [is = "", ending = "bin"] = kept.mime.split("/");
      const name = `${is === "application" ? "file" : is}.${ending === "mpeg" ? "mp3" : ending}`;
      await api.sendFile(conversation, { source, name, type: kept.mime });
    }
  }

  /** Files of a message, put on the shelf; without those that are too large, kept no more, or not here in time. */
  async function shelve(item: TimelineItem): Promise<readonly Shelved[]> {
    const { body } = item;
    const voice = body.kind === "voice" ? { ms: body.ms, waveform: Buffer.from(body.waveform).toString("hex") } : {};
    const shelved: Shelved[] = [];
    const late = AbortSignal.timeout(filesMsMax);
    for (const { file, inline } of filesIn(body)) {
      if (file !== undefined && file.bytes > fileBytesMax) continue;
      const bytes = inline ?? (file && (await inTime(wholeOf(file.handle, file.bytes, late), late)));
      if (bytes === undefined) continue;
      const mime = body.kind === "photos" ? (pictureIn(bytes)?.type ?? "image/webp") : typeOf(body);
      const format = mime.split("/")[1] ?? "";
      const id = await shelf.put(bytes, { mime, ...voice });
      shelved.push({ id, url: `http://127.0.0.1:${port}/media/${id}`, format });
    }
    return shelved;
  }

  /** Undefined where it is gone, or cannot be had: the message is told all the same. Rejects where the disk fails. */
  async function wholeOf(handle: Hex, length: number, late: AbortSignal): Promise<Uint8Array | undefined> {
    for (let tries = 1, pauseMs = readPauseMs; ; tries++, pauseMs *= 2) {
      try {
        return await readWhole(handle, length, late);
      } catch (error) {
        if (!(error instanceof ClientError) || error.code === "storage") throw error;
        if (error.code === "file-gone" || tries === readTries || isOver.aborted) return undefined;
        await device.until(() => false, pauseMs);
      }
    }
  }

  async function readWhole(handle: Hex, length: number, late: AbortSignal): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < length; ) {
      if (late.aborted) return undefined;
      const part = await api.readFile(handle, at, stepBytes);
      if (part.length === 0) return undefined;
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  }

  /** Until the bot is there: a message that came while it was off waits, and is answered then. */
  async function told(message: Fields, openid: string, createdMs: number): Promise<Asked> {
    for (let waitMs = awayMsMin; ; waitMs = Math.min(2 * waitMs, awayMsMax)) {
      // Between two tries another has its place.
      const asked = await inPlace(() => ask(bot, message, { to, from: openid, createdMs, isOver }));
      onAway(asked.kind === "away");
      if (asked.kind !== "away" || isOver.aborted) return asked;
      await device.until(() => false, waitMs);
    }
  }

  async function answerWith(conversation: Hex, asked: Asked, isEvent: boolean): Promise<void> {
    switch (asked.kind) {
      case "said": {
        const said = saidInXml(asked.xml);
        if (said !== undefined) await say(conversation, said);
        return;
      }
      case "fault":
        if (!isEvent) await say(conversation, [{ kind: "text", text: faultWords }]);
        return;
      case "nothing":
      case "away":
    }
  }

  /** Codes that were told of with `subscribe`, by the message that said so. */
  const toldAtFirst = new Set<string>();

  /** By which code somebody new came: their app says so once the chat is open. */
  async function sceneOfNew(conversation: Hex): Promise<Scene | undefined> {
    if (!scenes.isUsed) return undefined;
    let found: Scene | undefined;
    await device.until(() => {
      for (const { id, mine, body } of view("timeline", conversation, scanned.messages).items) {
        if (found !== undefined || mine || body.kind !== "servicePress") continue;
        found = scenes.read(body.key);
        if (found !== undefined) toldAtFirst.add(id);
      }
      return found !== undefined;
    }, scanned.waitMs);
    return found;
  }

  /** The bot hears of each person once before what they say. Returns false where the bridge ends. */
  async function greet(conversation: Hex, openid: string): Promise<boolean> {
    const tries = greetings.get(openid) ?? 0;
    if (followers.has(openid) || tries === greetTries) return true;
    greetings.set(openid, tries + 1);
    const asked = await told(subscribed(await sceneOfNew(conversation)), openid, Date.now());
    if (isOver.aborted) return false;
    await answerWith(conversation, asked, true);
    // One that had no time for it is told again.
    if (asked.kind !== "fault" || asked.isTaken) followers.add(openid);
    return true;
  }

  const keys: Keys = { isOfButton: (key) => menu.hasKey(key), sceneOf: (key) => scenes.read(key) };

  async function handle({ chat, item }: Incoming): Promise<boolean> {
    // A group may hear it: it is not answered there.
    if (!contacts().some(({ conversation }) => conversation === chat)) return true;
    const openid = openidFor(item.from.account);
    if (!(await inTurn(chat, () => greet(chat, openid)))) return false;
    if (toldAtFirst.delete(item.id)) return true;
    const messages = messagesOf(item.body, await shelve(item), wordsFor(item.body), keys);
    for (const [part, message] of messages.entries()) {
      const asked = await told({ ...message, MsgId: messageIdOf(item, part) }, openid, item.atMs);
      if (isOver.aborted) return false;
      await answerWith(chat, asked, false);
    }
    return true;
  }

  const turns = new Map<Hex, Promise<unknown>>();
  function inTurn<T>(chat: Hex, run: () => Promise<T>): Promise<T> {
    const next = (turns.get(chat) ?? Promise.resolve()).then(run);
    const settled = next.catch(() => undefined).then(() => void (turns.get(chat) === settled && turns.delete(chat)));
    turns.set(chat, settled);
    return next;
  }

  const sessions = sessionsOf(Date.now);
  const inBackendPlace = fairPlaces<string | undefined>(questions);
  const begun = new Map<Hex, Promise<unknown>>();
  const answered = new Map<Hex, number>();

  /** What programs ask that this account gave. One question is asked once, and what nobody waits for is not. */
  const answerPrograms = () => {
    for (const [id, atMs] of answered) {
      if (Date.now() - atMs <= answeredMs) break;
      answered.delete(id);
    }
    for (const { chat, ask: asked, by, atMs, words } of view("programAsks")) {
      if (begun.has(asked.id) || isOver.aborted) continue;
      if (answered.has(asked.id)) {
        void spared(api.answerToProgram(chat, asked));
        continue;
      }
      const heardMs = Date.now();
      const run = async () => {
        const isLate = Date.now() - heardMs > turnMsMax || Date.now() - atMs > askMsMax;
        if (isLate || isOver.aborted) return undefined;
        return answerOf({ url: backend, sessions, isOver }, openidFor(by), asked.id, words);
      };
      const isKnown = contacts().some(({ account: person, conversation }) => person === by && conversation === chat);
      const isNow = Math.abs(heardMs - atMs) <= askMsMax;
      const answer = async () =>
        !isKnown ? undefined : !isNow ? wrongClock : ((await inBackendPlace(by, run)) ?? busy);
      const tell = async () => {
        const said = await answer();
        answered.set(asked.id, Date.now());
        if (!isOver.aborted) await spared(api.answerToProgram(chat, asked, said));
        begun.delete(asked.id);
      };
      begun.set(asked.id, tell().catch(fail));
    }
  };

  const stopTidying = shelf.keepTidy();
  const work = answering(device.client, { atOnce, handle });
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  const greeted = new Map<string, Promise<unknown>>();
  const greetAll = () => {
    for (const { account: person, conversation } of contacts()) {
      const openid = openidFor(person);
      if (conversation === undefined || followers.has(openid) || greeted.has(openid) || isOver.aborted) continue;
      const done = inGreetingPlace(() => inTurn(conversation, () => greet(conversation, openid)));
      greeted.set(openid, done.catch(fail));
    }
  };
  /** Those who have another menu, or none, are shown it. One who cannot be is at the next change. */
  const showMenu = async () => {
    for (const { account: person, conversation } of contacts()) {
      const openid = openidFor(person);
      const due = menu.dueFor(openid);
      if (conversation === undefined || due === undefined || isOver.aborted) continue;
      menu.isShownTo(openid);
      await spared(api.setServiceMenu(conversation, due));
    }
  };
  /** One whom it cannot be given to is at the next change. */
  const giveProgram = async () => {
    if (program === undefined) return;
    const source = new Blob([program.bytes]);
    for (const { account: person, conversation } of contacts()) {
      const key = `${openidFor(person)} ${program.id}`;
      if (conversation === undefined || given.has(key) || isOver.aborted) continue;
      const file = { source, name: program.name, type: "application/octet-stream" };
      if (await spared(api.sendFile(conversation, file))) given.add(key);
    }
  };
  let showing = Promise.resolve();
  const showMenuSoon = () => {
    showing = showing.then(showMenu).catch(fail);
  };
  const changed = () => {
    greetAll();
    showMenuSoon();
    showing = showing.then(giveProgram).catch(fail);
  };
  const stop = device.client.subscribe("contacts", [], changed);
  const stopAsks = device.client.subscribe("programAsks", [], answerPrograms);
  void api.answerPrograms().catch(fail);
  const calls = callsOf({
    account,
    shelf,
    sessions,
    menu,
    menuChanged: showMenuSoon,
    scenes,
    people,
    link: () => api.myLink(),
    say: async (openid, said) => {
      const one = contacts().find((person) => openidFor(person.account) === openid);
      return one?.conversation !== undefined && (await say(one.conversation, said));
    },
    nowMs: Date.now,
  });
  const ended = Promise.race([work.failed, failed]);
  ended.catch(() => undefined); // Where the port is taken, nobody looks at it.
  return {
    calls,
    failed: ended,
    async end() {
      stop();
      stopAsks();
      stopTidying();
      await work.end();
      await Promise.all(begun.values());
      await Promise.all([...greeted.values(), showing]);
      await shelf.idle();
    },
  };
}

/** Undefined once it is too late: what was begun may go on, and nobody waits for it. */
function inTime<T>(done: Promise<T>, late: AbortSignal): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  late.addEventListener("abort", () => resolve(undefined), { once: true });
  return Promise.race([done, promise]);
}

const isVoice = (kept: Kept): kept is Kept & { readonly mime: "audio/webm" | "audio/mp4" | "audio/ogg" } =>
  kept.ms !== undefined && /^audio\/(?:webm|mp4|ogg)$/.test(kept.mime);

const typeOf = (body: Body): string =>
  body.kind === "voice" || body.kind === "video" ? body.type : "application/octet-stream";

function filesIn(body: Body): readonly { readonly file?: FileView; readonly inline?: Uint8Array }[] {
  if (body.kind === "photos") return body.pictures;
  return body.kind === "voice" || body.kind === "video" ? [body] : [];
}

/** By its first bytes: what a bot says of a file is not asked. */
function pictureIn(bytes: Uint8Array): Pick<PictureToSend, "type" | "width" | "height"> | undefined {
  const { buffer, byteOffset, length } = bytes;
  const view = new DataView(buffer, byteOffset, length);
  const first = length < 26 ? 0 : view.getUint32(0);
  if (first === 0x89504e47) return shaped("image/png", view.getUint32(16), view.getUint32(20));
  if (first === 0x47494638) return shaped("image/gif", view.getUint16(6, true), view.getUint16(8, true));
  const size = sizeOfPicture(bytes);
  return size && shaped(first === 0x52494646 ? "image/webp" : "image/jpeg", size.width, size.height);
}

/** What no screen shows goes as a file. */
const shaped = (type: PictureToSend["type"], width: number, height: number) =>
  Math.min(width, height) > 0 && Math.max(width, height) <= pixelsMax ? { type, width, height } : undefined;
