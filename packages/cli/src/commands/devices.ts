/** Commands about devices: listed, and a second one linked (docs/spec/identity.md ID12). */
import { ClientError, type LinkedPerson, type LinkingView, linkWord } from "@yanshu/client";
import { type Context, catchUp, mustReachHome, untilTold } from "../context.ts";
import { Fault } from "../fault.ts";
import { short } from "../show.ts";
import { qr } from "./account.ts";

/** After it was let in, a device is told of its chats one by one; so long it listens for more. */
const joiningMs = 3_000;
/** Longer than a link lives, which the client itself ends. */
const linkingMsMax = 30 * 60_000;

export async function devices(context: Context): Promise<void> {
  const { answer, text, view } = context;
  await catchUp(context);
  const rows = view("devices");
  answer(
    rows.map(
      (row, i) =>
        `${i + 1}  ${row.name || row.made || short(row.device)}${row.isThis ? `  (${text("device.this")})` : ""}`,
    ),
    rows,
  );
}

/** The new side: shows a link, then the words, then waits to be let in. */
export async function linkDevice(context: Context): Promise<void> {
  const { answer, api, device, io, note, text, view } = context;
  await api.startLinking();
  const shown = view("linking");
  if (shown.side === "new" && shown.step === "show") {
    const lines = [text("device.show"), "", ...(io.isTerminal ? [qr(shown.link), ""] : []), shown.link];
    answer(lines, { link: shown.link, expiresAtMs: shown.expiresAtMs });
  }
  const compared = await untilStep(context, ["compare", "joining", "done"]);
  if ("words" in compared) {
    tellWords(context, compared.words);
    if (compared.step === "compare" && compared.side === "new") await askToJoin(context, compared);
    note(text("device.onOld"));
  }
  await untilStep(context, ["done"]);
  await device.caughtUp({ waitMs: joiningMs, untilDone: true });
  const begunMs = performance.now();
  await device.until(() => performance.now() - begunMs >= joiningMs, joiningMs);
  const { me } = view("status");
  answer(text("device.joined"), { step: "done", account: me?.account, device: me?.device });
}

/** Says whose account it is, and what was here of somebody else: this device joins only if its person says so. */
async function askToJoin(context: Context, { who, forgets }: Joining): Promise<void> {
  const { api, io, note, text } = context;
  const nameOf = ({ name, account }: LinkedPerson) => (name === "" ? short(account) : name);
  note(text("device.who", { name: nameOf(who) }));
  if (forgets !== undefined) note(text("device.forgets", { name: nameOf(forgets) }));
  const said = await answerWhileOpen(context, "device.joinAsk");
  await api.confirmJoin(said === true);
  if (said === undefined) throw new Fault(io.interrupted.aborted ? "fault.stopped" : "fault.answer");
  if (!said) throw new ClientError("link-declined");
}

/** The signed-in side: shows the words, and asks whether they are the same. */
export async function approve(context: Context): Promise<void> {
  const { args, answer, api, io, note, text, view } = context;
  await mustReachHome(context);
  await api.scanDevice(args.words[0] as string);
  note(text("device.waiting"));
  const compared = await untilStep(context, ["compare"]);
  if (!("words" in compared)) throw new ClientError("refused");
  tellWords(context, compared.words);
  const said = await answerWhileOpen(context, "device.ask");
  if (said === undefined) {
    await api.cancelLinking();
    throw new Fault(io.interrupted.aborted ? "fault.stopped" : "fault.answer");
  }
  await api.confirmWords(said);
  if (!said) throw new ClientError("words-differ");
  await untilStep(context, ["done"]);
  if (!(await untilTold(context))) note(text("waits"));
  const rows = view("devices");
  answer(text("device.done"), { step: "done", devices: rows });
}

function tellWords({ answer, lang, text }: Context, numbers: readonly number[]): void {
  const words = numbers.map((number) => linkWord(number, lang));
  answer([text("device.compare"), "", `    ${words.join("  ")}`, ""], { words, numbers });
}

/** Undefined when nobody answered. @throws ClientError when linking ended before. */
async function answerWhileOpen(
  { device, io, text, view }: Context,
  question: "device.ask" | "device.joinAsk",
): Promise<boolean | undefined> {
  const over = new AbortController();
  const stop = device.client.subscribe("linking", [], (linking) => {
    if (linking.side !== "none" && linking.step === "stopped") over.abort();
  });
  const signal = AbortSignal.any([over.signal, io.interrupted]);
  let said: boolean | undefined;
  while (said === undefined && !signal.aborted) {
    const line = await io.ask(text(question), signal);
    if (line === undefined) break;
    said = yesOrNo(line);
  }
  stop();
  const linking = view("linking");
  if (linking.side !== "none" && linking.step === "stopped") throw new ClientError(linking.why);
  return said;
}

/** Undefined where it is neither. */
export function yesOrNo(line: string): boolean | undefined {
  const word = line.trim().toLowerCase();
  if (["y", "yes", "是", "对", "一样", "好"].includes(word)) return true;
  if (["n", "no", "不", "否", "不是", "不一样"].includes(word)) return false;
  return undefined;
}

type Joining = Extract<LinkingView, { side: "new"; step: "compare" }>;
type Step = Exclude<LinkingView, { side: "none" }>;

/** @throws ClientError when the other side or the clock stopped it; Fault when the person did. */
async function untilStep(context: Context, steps: readonly Step["step"][]): Promise<Step> {
  const { api, device, io, note, text, view } = context;
  const now = () => view("linking");
  let done = -1;
  const reached = (linking: LinkingView) =>
    linking.side !== "none" && (linking.step === "stopped" || steps.includes(linking.step));
  await device.until(() => {
    const linking = now();
    if (linking.side === "old" && linking.step === "adding" && linking.done !== done) {
      done = linking.done;
      note(text("device.adding", { done, of: linking.of }));
    }
    return reached(linking);
  }, linkingMsMax);
  const linking = now();
  if (linking.side !== "none" && linking.step === "stopped") throw new ClientError(linking.why);
  if (linking.side === "none" || !reached(linking)) {
    await api.cancelLinking();
    throw io.interrupted.aborted ? new Fault("fault.stopped") : new ClientError("link-expired");
  }
  return linking;
}
