/** The recovery card: shown, changed, and an account brought back by it (docs/spec/identity.md ID17, ID30, ID46). */
import { type CardFault, ClientError, type RecoveryCard } from "@yanshu/client";
import { type Context, hintUnlessSent, mustLiveHere, untilSent, yesOrNo } from "../context.ts";
import { Fault, faultsOf } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { nameOf, plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.bad-card": "This is not what stands on a recovery card",
    "fault.newCard": "That is not what stands on the new card. The old one goes on counting",
    "fault.card": "No card was read. Nothing was changed",
    "fault.word": "“{word}”, word {place}, stands on no card. Look at it once more",
    "fault.sum":
      "These 24 words do not fit together: one may be misread, or two have changed places. Go through them once more",
    "fault.likely": "These 24 words do not fit together. Most likely {likely}. Compare with the card",
    "fault.count": "A card has 24 words; these are {count}",
    "fault.cardHome": "This card is of another server: {server}",
    "card.about": "Who has these words has this account. Write them down, and keep them where nobody finds them",
    "card.old": "The 24 words of the card that counts now, or its code: ",
    "card.new": "This is another card. The old one counts until two words of this one came back",
    "card.place": "Word {place}: ",
    "card.guess": "word {place} is “{word}”",
    "card.and": " and ",
    "card.or": ", or ",
    "card.changed": "The new card counts. The old one, a passkey and helpers of before bring nobody back any more",
    "restore.ask": "The 24 words of the card, or its code: ",
    "restore.elsewhere":
      "This card was made when your account was at {server}. Is this its reserve, or did you move here? [y/n] ",
    "came.vouched": "People and groups are back, as your earlier device kept them on {when}",
    "came.removed":
      "The server's copy of people and groups was kept on {when} by a device that was later removed from the account. If it was ever lost or stolen, do not use it. Use it? [y/n] ",
    "came.unvouched":
      "The server's copy of people and groups bears no signature of a device of yours, so it was not used. Devices that you kept bring people along",
    "came.unreadable":
      "The server's copy of people and groups cannot be opened. Devices that you kept bring people along",
    "came.missing": "The server has no copy of people and groups",
    restored: "Welcome back, {name}. Your server is {server}. Contacts: {contacts}. What was said follows",
    "notice.restored": "{who} restored the account on a new device",
  },
  {
    "error.bad-card": "和恢复卡片对不上",
    "fault.newCard": "和新卡片对不上，旧卡片仍然有用",
    "fault.card": "没有读到卡片，什么都没有改",
    "fault.word": "卡片上不会有“{word}”（第 {place} 个），再看一眼",
    "fault.sum": "这 24 个合不上：可能看错了一个，或者换了位置。对着卡片从头看一遍",
    "fault.likely": "这 24 个合不上，最可能错在：{likely}。和卡片对一对",
    "fault.count": "卡片上有 24 个词，这里是 {count} 个",
    "fault.cardHome": "这张卡片属于另一台服务器：{server}",
    "card.about": "谁有这 24 个字，谁就有这个账号。汉字和英文抄一种就行，放在别人找不到的地方",
    "card.old": "现在这张卡片上的 24 个字或英文词，或卡片的码：",
    "card.new": "这是一张新卡片。填对其中两处之前，旧的那张还有用",
    "card.place": "第 {place} 个：",
    "card.guess": "第 {place} 个也许是“{word}”",
    "card.and": "，",
    "card.or": "；或者",
    "card.changed": "新卡片生效了。旧卡片、以前的指纹或面容、以前的家人，都找不回账号了",
    "restore.ask": "卡片上的 24 个字（不用空格）或英文词，或者卡片上的码：",
    "restore.elsewhere": "这张卡片是账号还在 {server} 的时候做的。这里是它的备用服务器，或者已经搬来了吗？[y/n] ",
    "came.vouched": "联系人和群都回来了，是以前的设备在 {when} 存下的",
    "came.removed":
      "服务器上的联系人和群是一台后来被移出账号的设备在 {when} 存下的。那台设备要是丢过、被偷过，就不要用。用这一份吗？[y/n] ",
    "came.unvouched": "服务器上的联系人和群没有自己设备的签名，所以没有用。还留着的设备会把联系人带过来",
    "came.unreadable": "服务器上的联系人和群打不开。还留着的设备会把联系人带过来",
    "came.missing": "服务器上没有存下联系人和群",
    restored: "欢迎回来，{name}。你的服务器是 {server}，联系人 {contacts} 位。从前说过的话随后就到",
    "notice.restored": "{who}在新设备上恢复了账号",
  },
);

type Key = keyof (typeof words)["en"];
const fault = faultsOf(words);

/** What the account had comes piece by piece; so long it listens for more. */
const comingMs = 3_000;

/** While the card was not copied and confirmed in the app, its words are on this device. */
async function card(context: Context<Key>): Promise<void> {
  const { answer, api, args, hint, text } = context;
  mustLiveHere(context);
  if (args.isNew) return anotherCard(context);
  const shown = await api.recoveryCard();
  hint(text("card.about"));
  answer([...rowsOf(context, shown), "", shown.code], shown);
}

/** In Chinese also the Chinese word of each place: either is written down. */
function rowsOf({ lang }: Context<Key>, { words, inChinese }: RecoveryCard): readonly string[] {
  const chinese = (place: number) => (lang === "zh" ? `${inChinese["zh-Hans"][place]}  ` : "");
  return words.map((word, place) => `${String(place + 1).padStart(2)}  ${chinese(place)}${word}`);
}

/** The card that was typed, once it can be used here; else what is wrong with it, and where. */
async function mustBeCard({ api, text }: Context<Key>, said: string): Promise<void> {
  const wrong = await api.checkCard(said);
  if (wrong !== undefined) throw refused(text, wrong);
}

/** Whether it was made at another home than this, and its person says that the account is here now (HM55). */
async function isFromElsewhere(context: Context<Key>, said: string): Promise<boolean> {
  const { api, io, text } = context;
  const wrong = await api.checkCard(said);
  if (wrong?.kind !== "server") return false;
  const line = await io.ask(text("restore.elsewhere", { server: plain(wrong.server) }), io.interrupted);
  return line !== undefined && yesOrNo(line) === true;
}

function refused(text: Context<Key>["text"], wrong: CardFault): Fault | ClientError {
  switch (wrong.kind) {
    case "word":
      return fault("fault.word", { word: plain(wrong.word), place: wrong.place + 1 });
    case "count":
      return fault("fault.count", { count: wrong.count });
    case "server":
      return fault("fault.cardHome", { server: plain(wrong.server) });
    case "sum": {
      const likely = wrong.guesses.map((guess) =>
        guess.map(({ place, word }) => text("card.guess", { place: place + 1, word })).join(text("card.and")),
      );
      return likely.length === 0 ? fault("fault.sum") : fault("fault.likely", { likely: likely.join(text("card.or")) });
    }
    default:
      return new ClientError("bad-card");
  }
}

/**
 * Another card: the one that counts is asked for, the new one shown, and it counts once two of its words came back
 * (ID46).
 */
async function anotherCard(context: Context<Key>): Promise<void> {
  const { answer, api, io, hint, text } = context;
  const said = await asked(context, text("card.old"));
  await mustBeCard(context, said);
  const shown = await api.newCard({ card: said });
  hint(text("card.about"));
  hint(text("card.new"));
  for (const row of rowsOf(context, shown)) io.err(`${row}\n`);
  io.err(`\n${shown.code}\n`);
  const places = [Math.floor(Math.random() * 12), 12 + Math.floor(Math.random() * 12)];
  const answers: { place: number; word: string }[] = [];
  for (const place of places)
    answers.push({ place, word: await asked(context, text("card.place", { place: place + 1 })) });
  if (!(await api.confirmNewCard(answers))) throw fault("fault.newCard");
  await untilSent(context);
  answer(text("card.changed"), { changed: true });
}

async function asked({ io }: Context, question: string): Promise<string> {
  const said = await io.ask(question, io.interrupted);
  if (said === undefined || said.trim() === "")
    throw io.interrupted.aborted ? new Fault("fault.stopped") : fault("fault.card");
  return said;
}

/**
 * By whose word people and groups are back; of a device that was removed the person decides (docs/spec/vault.md VA26,
 * VA27).
 */
async function sayWhatCame({ api, io, hint, text, view }: Context<Key>): Promise<void> {
  const came = view("status").cameBack;
  if (came === undefined) return;
  const when = "asOfMs" in came ? new Date(came.asOfMs).toLocaleString() : "";
  if (came.kind === "removed") {
    const said = await io.ask(text("came.removed", { when }), io.interrupted);
    const isBelieved = said === undefined ? undefined : yesOrNo(said);
    if (isBelieved === undefined) return; // The app asks again.
    if (isBelieved) return api.believeRemoved();
  } else hint(text(`came.${came.kind}`, { when }));
  await api.noteCameBack();
}

/** The card is asked for, so that it stands neither in the shell's history nor among the processes. */
async function restore(context: Context<Key>): Promise<void> {
  const { args, answer, api, device, text, view } = context;
  const said = await asked(context, text("restore.ask"));
  const isHere = await isFromElsewhere(context, said);
  if (!isHere) await mustBeCard(context, said);
  await api.restoreAccount({ card: said, areOthersLost: !args.keep, isHere });
  await hintUnlessSent(context);
  const begunMs = performance.now();
  await device.until(() => performance.now() - begunMs >= comingMs, comingMs);
  await sayWhatCame(context);
  const { me, server } = view("status");
  const contacts = view("contacts").length;
  answer(text("restored", { name: plain(me?.name ?? ""), server, contacts }), {
    account: me?.account,
    device: me?.device,
    name: me?.name,
    server,
    contacts,
  });
}

export const recoveryCard = cliFeature(words, {
  notices: { restored: (text, { who }) => text("notice.restored", { who: nameOf(text, who) }) },
  commands: {
    card: {
      options: ["new"],
      help: {
        en: "show the recovery card, as long as it is on this device",
        zh: "出示恢复卡片（它还在这台设备上的时候）",
      },
      run: card,
    },
    restore: {
      positionals: ["HOME"],
      options: ["keep"],
      createsAccount: true,
      help: {
        en: "bring an account back by its recovery card; HOME is its address or a link of it",
        zh: "用恢复卡片找回账号；HOME 是服务器的地址，或它的链接",
      },
      run: restore,
    },
  },
});
