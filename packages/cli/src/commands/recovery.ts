/** Commands about the recovery card: shown, and an account brought back by it (docs/spec/identity.md ID17, ID30). */
import { type CardFault, ClientError, type RecoveryCard } from "@yanshu/client";
import { type Context, mustLiveHere, untilTold } from "../context.ts";
import { Fault } from "../fault.ts";
import { plain } from "../show.ts";
import { yesOrNo } from "./devices.ts";

/** What the account had comes piece by piece; so long it listens for more. */
const comingMs = 3_000;

/** While the card was not copied and confirmed in the app, its words are on this device. */
export async function card(context: Context): Promise<void> {
  const { answer, api, args, note, text } = context;
  mustLiveHere(context);
  if (args.isNew) return anotherCard(context);
  const shown = await api.recoveryCard();
  note(text("card.about"));
  answer([...rowsOf(context, shown), "", shown.code], shown);
}

/** To who reads Chinese also the Chinese word of each place: either is written down. */
function rowsOf({ lang }: Context, { words, inChinese }: RecoveryCard): readonly string[] {
  const chinese = (place: number) => (lang === "zh" ? `${inChinese["zh-Hans"][place]}  ` : "");
  return words.map((word, place) => `${String(place + 1).padStart(2)}  ${chinese(place)}${word}`);
}

/** The card that was typed, once it can be used here; else what is wrong with it, and where. */
async function mustBeCard({ api, text }: Context, said: string): Promise<void> {
  const fault = await api.checkCard(said);
  if (fault !== undefined) throw refused(text, fault);
}

function refused(text: Context["text"], fault: CardFault): Fault | ClientError {
  switch (fault.kind) {
    case "word":
      return new Fault("fault.word", { word: plain(fault.word), place: fault.place + 1 });
    case "count":
      return new Fault("fault.count", { count: fault.count });
    case "server":
      return new Fault("fault.cardHome", { server: plain(fault.server) });
    case "sum": {
      const likely = fault.guesses.map((guess) =>
        guess.map(({ place, word }) => text("card.guess", { place: place + 1, word })).join(text("card.and")),
      );
      return likely.length === 0
        ? new Fault("fault.sum")
        : new Fault("fault.likely", { likely: likely.join(text("card.or")) });
    }
    default:
      return new ClientError("bad-card");
  }
}

/** Another card: the one that counts is asked for, the new one shown, and it counts once two of its words came back (ID46). */
async function anotherCard(context: Context): Promise<void> {
  const { answer, api, io, note, text } = context;
  const said = await asked(context, text("card.old"));
  await mustBeCard(context, said);
  const shown = await api.newCard({ card: said });
  note(text("card.about"));
  note(text("card.new"));
  for (const row of rowsOf(context, shown)) io.err(`${row}\n`);
  io.err(`\n${shown.code}\n`);
  const places = [Math.floor(Math.random() * 12), 12 + Math.floor(Math.random() * 12)];
  const answers: { place: number; word: string }[] = [];
  for (const place of places)
    answers.push({ place, word: await asked(context, text("card.place", { place: place + 1 })) });
  if (!(await api.confirmNewCard(answers))) throw new Fault("fault.newCard");
  await untilTold(context);
  answer(text("card.changed"), { changed: true });
}

async function asked({ io }: Context, question: string): Promise<string> {
  const said = await io.ask(question, io.interrupted);
  if (said === undefined || said.trim() === "")
    throw new Fault(io.interrupted.aborted ? "fault.stopped" : "fault.card");
  return said;
}

/** By whose word people and groups are back; of a device that was removed the person decides (docs/spec/vault.md VA26, VA27). */
async function sayWhatCame({ api, io, note, text, view }: Context): Promise<void> {
  const came = view("status").cameBack;
  if (came === undefined) return;
  const when = "asOfMs" in came ? new Date(came.asOfMs).toLocaleString() : "";
  if (came.kind === "removed") {
    const said = await io.ask(text("came.removed", { when }), io.interrupted);
    const isBelieved = said === undefined ? undefined : yesOrNo(said);
    if (isBelieved === undefined) return; // The app asks again.
    if (isBelieved) return api.believeRemoved();
  } else note(text(`came.${came.kind}`, { when }));
  await api.noteCameBack();
}

/** The card is asked for, so that it stands neither in the shell's history nor among the processes. */
export async function restore(context: Context): Promise<void> {
  const { args, answer, api, device, note, text, view } = context;
  const said = await asked(context, text("restore.ask"));
  await mustBeCard(context, said);
  await api.restoreAccount({ card: said, areOthersLost: !args.keep });
  if (!(await untilTold(context))) note(text("waits"));
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
