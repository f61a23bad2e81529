/** Linking a second device (docs/spec/identity.md ID12). */
import { ClientError, type LinkedPerson, type LinkingView, linkWord } from "@yanshu/client";
import { type Context, hintUnlessSent, mustReachHome, yesOrNo } from "../context.ts";
import { Fault, faultsOf } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { qr, short } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.words-differ": "The words differed, so it stopped",
    "error.link-declined": "Nothing was joined, and everything is as it was",
    "error.link-expired": "The code has expired. Make a new one",
    "fault.answer": "Nobody answered, so nothing was added",
    "device.show": "Scan this on a device where you are signed in, or run there: yanshu approve LINK",
    "device.compare": "The same four words must stand on both devices:",
    "device.who": "This device joins {name}",
    "device.forgets": "{name} lived on this device. Joining erases what is kept here of that account.",
    "device.joinAsk": "Are the words the same on the other device, and shall this one join? (y/n) ",
    "device.onOld": "If they do, say yes on the other device",
    "device.ask": "Are they the same on the new device? [y/n] ",
    "device.waiting": "Waiting for the new device",
    "device.adding": "{done} of {of} chats",
    "device.done": "The new device is in",
    "device.joined": "This device is in. Chats arrive as they are joined",
  },
  {
    "error.words-differ": "两边的字不一样，已经停下",
    "error.link-declined": "没有加入，一切照旧",
    "error.link-expired": "二维码过期了，换一个新的",
    "fault.answer": "没有人回答，所以什么也没加",
    "device.show": "在已登录的设备上扫这个码，或在那边运行：yanshu approve 链接",
    "device.compare": "两台设备上要是一样的四个字：",
    "device.who": "这台设备将加入「{name}」",
    "device.forgets": "「{name}」用过这台设备。加入以后，这里存的那个账号的内容会清掉。",
    "device.joinAsk": "另一台设备上的四个字一样吗？要加入吗？(是/否) ",
    "device.onOld": "一样的话，在另一台设备上点头",
    "device.ask": "新设备上也是这四个字吗？[y/n] ",
    "device.waiting": "等着新设备",
    "device.adding": "{of} 个聊天，好了 {done} 个",
    "device.done": "新设备进来了",
    "device.joined": "这台设备进来了。聊天会一个个到齐",
  },
);

type Key = keyof (typeof words)["en"];
const fault = faultsOf(words);

/** After it was let in, a device is told of its chats one by one; so long it listens for more. */
const joiningMs = 3_000;
/** Longer than a link lives, which the client itself ends. */
const linkingMsMax = 30 * 60_000;

/** The new side: shows a link, then the words, then waits to be let in. */
async function linkDevice(context: Context<Key>): Promise<void> {
  const { answer, api, device, io, hint, text, view } = context;
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
    hint(text("device.onOld"));
  }
  await untilStep(context, ["done"]);
  await device.caughtUp({ waitMs: joiningMs, untilDone: true });
  const begunMs = performance.now();
  await device.until(() => performance.now() - begunMs >= joiningMs, joiningMs);
  const { me } = view("status");
  answer(text("device.joined"), { step: "done", account: me?.account, device: me?.device });
}

/** Says whose account it is, and what was here of somebody else: this device joins only if its person says so. */
async function askToJoin(context: Context<Key>, { who, forgets }: Joining): Promise<void> {
  const { api, io, hint, text } = context;
  const nameOf = ({ name, account }: LinkedPerson) => (name === "" ? short(account) : name);
  hint(text("device.who", { name: nameOf(who) }));
  if (forgets !== undefined) hint(text("device.forgets", { name: nameOf(forgets) }));
  const said = await answerWhileOpen(context, "device.joinAsk");
  await api.confirmJoin(said === true);
  if (said === undefined) throw io.interrupted.aborted ? new Fault("fault.stopped") : fault("fault.answer");
  if (!said) throw new ClientError("link-declined");
}

/** The signed-in side: shows the words, and asks whether they are the same. */
async function approve(context: Context<Key>): Promise<void> {
  const { args, answer, api, io, hint, text, view } = context;
  await mustReachHome(context);
  await api.scanDevice(args.positionals[0] as string);
  hint(text("device.waiting"));
  const compared = await untilStep(context, ["compare"]);
  if (!("words" in compared)) throw new ClientError("refused");
  tellWords(context, compared.words);
  const said = await answerWhileOpen(context, "device.ask");
  if (said === undefined) {
    await api.cancelLinking();
    throw io.interrupted.aborted ? new Fault("fault.stopped") : fault("fault.answer");
  }
  await api.confirmWords(said);
  if (!said) throw new ClientError("words-differ");
  await untilStep(context, ["done"]);
  await hintUnlessSent(context);
  const rows = view("devices");
  answer(text("device.done"), { step: "done", devices: rows });
}

function tellWords({ answer, lang, text }: Context<Key>, numbers: readonly number[]): void {
  const words = numbers.map((number) => linkWord(number, lang));
  answer([text("device.compare"), "", `    ${words.join("  ")}`, ""], { words, numbers });
}

/** Undefined when nobody answered. @throws ClientError when linking ended before. */
async function answerWhileOpen(
  { device, io, text, view }: Context<Key>,
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

type Joining = Extract<LinkingView, { side: "new"; step: "compare" }>;
type Step = Exclude<LinkingView, { side: "none" }>;

/** @throws ClientError when the other side or the clock stopped it; Fault when the person did. */
async function untilStep(context: Context<Key>, steps: readonly Step["step"][]): Promise<Step> {
  const { api, device, io, hint, text, view } = context;
  const now = () => view("linking");
  let done = -1;
  const reached = (linking: LinkingView) =>
    linking.side !== "none" && (linking.step === "stopped" || steps.includes(linking.step));
  await device.until(() => {
    const linking = now();
    if (linking.side === "old" && linking.step === "adding" && linking.done !== done) {
      done = linking.done;
      hint(text("device.adding", { done, of: linking.of }));
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

export const linking = cliFeature(words, {
  commands: {
    "link-device": {
      positionals: ["HOME"],
      createsAccount: true,
      help: {
        en: "make this a second device; HOME is its address or a link of it",
        zh: "让这里成为第二台设备；HOME 是服务器的地址，或它的链接",
      },
      run: linkDevice,
    },
    approve: {
      positionals: ["LINK"],
      help: { en: "let in the new device that shows LINK", zh: "让出示 LINK 的新设备进来" },
      run: approve,
    },
  },
});
