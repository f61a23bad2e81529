/** Commands about the recovery card: shown, and an account brought back by it (docs/spec/identity.md ID17, ID30). */
import { ClientError } from "@yanshu/client";
import { type Context, mustLiveHere, untilTold } from "../context.ts";
import { Fault } from "../fault.ts";
import { plain } from "../show.ts";
import { yesOrNo } from "./devices.ts";

/** What the account had comes piece by piece; so long it listens for more. */
const comingMs = 3_000;

/** While the card was not copied and confirmed in the app, its words are on this device. */
export async function card(context: Context): Promise<void> {
  const { answer, api, note, text } = context;
  mustLiveHere(context);
  const { words, code } = await api.recoveryCard();
  note(text("card.about"));
  const rows = words.map((word, place) => `${String(place + 1).padStart(2)}  ${word}`);
  answer([...rows, "", code], { words, code });
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
  const { args, answer, api, device, io, note, text, view } = context;
  const said = await io.ask(text("restore.ask"), io.interrupted);
  if (said === undefined || said.trim() === "")
    throw new Fault(io.interrupted.aborted ? "fault.stopped" : "fault.card");
  const fault = await api.checkCard(said);
  if (fault?.kind === "word") throw new Fault("fault.word", { word: plain(fault.word), place: fault.place + 1 });
  if (fault?.kind === "count") throw new Fault("fault.count", { count: fault.count });
  if (fault?.kind === "server") throw new Fault("fault.cardHome", { server: plain(fault.server) });
  if (fault !== undefined) throw new ClientError("bad-card");
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
