/**
 * Red packets 红包 in the terminal (docs/spec/packets.md): given, opened, listed, and reckoned again from what stands on
 * the record.
 */
import type { LedgerView, OweItem, PacketItem, PacketPot, ShareItem, TimelineItem } from "@yanshu/client";
import { partsOf } from "@yanshu/client/ledger";
import { answerWhenSent, chatMeant, newestIn, searchedMax, tell } from "../chat.ts";
import { type Context, catchUp, mustReachHome, untilSent } from "../context.ts";
import { Fault, faultsOf } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { named, nameOf, plain, short, when } from "../line.ts";
import { pick } from "../pick.ts";
import type { Text } from "../words.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.packet": "Red packet",
    "packet.says": "{wish}  {sum} in {shares}, {left} left",
    "packet.mine": "you have {sum}",
    "packet.going": "you are being counted",
    "packet.late": "you were a moment late",
    "packet.broken": "cannot be split",
    "packet.none": "No red packets here",
    "packet.nothing": "Nothing to open here",
    "packet.points": "{sum} points",
    "packet.lot": "{place}. {who}  {sum}{more}",
    "packet.best": "  best luck",
    "packet.waits": "  waits for {who}",
    "packet.next": "  waits for the next one",
    "packet.counting": "{who} is being counted",
    "packet.back": "{sum} went back to who gave it",
    "packet.pot": "{first} | {second}: {sum} lie between them",
    "packet.pot.cut": "  cut at {first} | {second}  by {hash}",
    "packet.pot.left": "  to the one who showed: {first} | {second}",
    "packet.pot.returned": "  nobody showed: back to who gave it",
    "packet.pot.waiting": "  waits",
    "packet.pot.sealed": "  sealed {first} | {second}",
    "packet.pot.shown": "  shown  {first} | {second}",
    "packet.fair": "This device reckoned it again: every hundredth agrees",
    "packet.disputed": "Who gave it reckoned otherwise than this device",
    "packet.differs": "{names} saw another packet than this device did",
    "packet.open": "Not all secrets are shown yet",
    "kind.owe": "Transfer",
    "kind.share": "Shared bill",
    "owe.says": "{sum} to {to}: {note}  ({state})",
    "share.says": "{title}  {sum}: {parts}",
    "owe.asked": "waits for a yes",
    "owe.open": "owed",
    "owe.paid": "paid, they say",
    "owe.done": "done",
    "owe.off": "off",
    "owe.differs": "said yes to another one",
    "ledger.none": "Nobody owes anybody anything here",
    "ledger.mine": "You are owed {sum}",
    "ledger.minus": "You owe {sum}",
    "ledger.pays": "{from} pays {to} {sum}",
    "ledger.entry": "{at}  {from} owes {to} {sum}  {words}  ({state})",
    "ledger.you": "You",
    "ledger.done": "Said",
    "fault.packet": "packet send|equal|take|list|check CHAT [SUM] [SHARES] [WISH]; a sum is 88.00 or 88.00USD",
    "fault.ledger": "ledger CHAT [show|csv|owe|split|yes|no|paid|got] [ID or NAME] [SUM] [NOTE]",
  },
  {
    "kind.packet": "红包",
    "packet.says": "{wish}  {sum}，{shares} 个，还剩 {left} 个",
    "packet.mine": "你拿到 {sum}",
    "packet.going": "你的正在排队",
    "packet.late": "你手慢了",
    "packet.broken": "这个红包分不了",
    "packet.none": "这里没有红包",
    "packet.nothing": "没有可以拆的红包",
    "packet.points": "{sum} 分",
    "packet.lot": "{place}. {who}  {sum}{more}",
    "packet.best": "  手气最好",
    "packet.waits": "  等{who}亮暗号",
    "packet.next": "  等下一位来分",
    "packet.counting": "{who}正在排队",
    "packet.back": "{sum} 退回给发的人",
    "packet.pot": "{first} | {second}：中间放着 {sum}",
    "packet.pot.cut": "  切开 {first} | {second}  依据 {hash}",
    "packet.pot.left": "  归亮了暗号的一方：{first} | {second}",
    "packet.pot.returned": "  都没亮，退回给发的人",
    "packet.pot.waiting": "  还在等",
    "packet.pot.sealed": "  封好 {first} | {second}",
    "packet.pot.shown": "  亮出 {first} | {second}",
    "packet.fair": "这台设备重新算过，一分不差",
    "packet.disputed": "发的人算得和这台设备不一样",
    "packet.differs": "{names} 看到的红包和这台设备上的不一样",
    "packet.open": "暗号还没有全部亮出来",
    "kind.owe": "转账",
    "kind.share": "AA 群收款",
    "owe.says": "{sum} 给{to}：{note}（{state}）",
    "share.says": "{title}  {sum}：{parts}",
    "owe.asked": "等对方点头",
    "owe.open": "欠着",
    "owe.paid": "说是付了",
    "owe.done": "两清",
    "owe.off": "作罢",
    "owe.differs": "答应的是另一笔",
    "ledger.none": "这里谁也不欠谁",
    "ledger.mine": "大家一共欠你 {sum}",
    "ledger.minus": "你一共欠 {sum}",
    "ledger.pays": "{from}给{to} {sum}",
    "ledger.entry": "{at}  {from}欠{to} {sum}  {words}（{state}）",
    "ledger.you": "我",
    "ledger.done": "说好了",
    "fault.packet": "packet send|equal|take|list|check 聊天 [金额] [个数] [祝福]；金额写 88.00 或 88.00USD",
    "fault.ledger": "ledger 聊天 [show|csv|owe|split|yes|no|paid|got] [编号或名字] [金额] [说明]",
  },
);

const faults = faultsOf(words);

type Key = keyof (typeof words)["en"];
type Packet = TimelineItem & { readonly body: PacketItem };
type Unit = Pick<PacketItem, "of" | "currency">;

/** Such as `88.00 USD`; points are hundredths too, and whole ones are said as such. */
function sumOf(text: Text<Key>, { of, currency }: Unit, amount: number): string {
  const sum = (amount / 100).toFixed(2);
  return of === "points" ? text("packet.points", { sum: sum.replace(/\.00$/, "") }) : `${sum} ${plain(currency)}`;
}

function line(text: Text<Key>, body: PacketItem): string {
  if (body.state === "broken") return `[${text("kind.packet")}] ${text("packet.broken")}`;
  const { wish, total, shares, lots, mine } = body;
  const said = { wish: plain(wish), sum: sumOf(text, body, total), shares, left: shares - lots.length };
  const own =
    mine === undefined
      ? ""
      : mine.state === "taken"
        ? text("packet.mine", { sum: sumOf(text, body, mine.amount ?? 0) })
        : text(`packet.${mine.state}`);
  return `[${text("kind.packet")}] ${text("packet.says", said)}${own === "" ? "" : ` · ${own}`}`;
}

function lotLines(text: Text<Key>, body: PacketItem): readonly string[] {
  const lines = body.lots.map(({ person, amount, isFinal, isBest, waitsFor }, at) => {
    const waits =
      waitsFor.length > 0
        ? text("packet.waits", { who: waitsFor.map((one) => nameOf(text, one)).join("、") })
        : text("packet.next");
    const more = isBest ? text("packet.best") : isFinal ? "" : waits;
    return text("packet.lot", { place: at + 1, who: nameOf(text, person), sum: sumOf(text, body, amount), more });
  });
  const counting = body.counting.map((person) => text("packet.counting", { who: nameOf(text, person) }));
  const back = body.back > 0 ? [text("packet.back", { sum: sumOf(text, body, body.back) })] : [];
  return [...lines, ...counting, ...back];
}

function potLines(text: Text<Key>, body: PacketItem, pot: PacketPot): readonly string[] {
  const sum = (amount: number) => sumOf(text, body, amount);
  const parts = { first: sum(pot.toFirst ?? 0), second: sum(pot.toSecond ?? 0) };
  const [first, second] = [named(pot.first), named(pot.second)];
  return [
    text("packet.pot", { first, second, sum: sum(pot.amount) }),
    text("packet.pot.sealed", { first: pot.commitments[0], second: pot.commitments[1] }),
    text("packet.pot.shown", { first: pot.secrets[0] ?? "—", second: pot.secrets[1] ?? "—" }),
    pot.state === "cut" || pot.state === "left"
      ? text(`packet.pot.${pot.state}`, { ...parts, hash: pot.draw?.hash ?? "" })
      : text(`packet.pot.${pot.state}`),
  ];
}

function packetsIn({ view }: Context<Key>, conversation: string): readonly Packet[] {
  const { items } = view("timeline", conversation, searchedMax);
  return items.filter((item): item is Packet => item.body.kind === "packet");
}

/** The one whose id or wish the words name, else the newest that fits. */
function meant(context: Context<Key>, conversation: string, query: string, fits: (item: Packet) => boolean): Packet {
  const all = packetsIn(context, conversation).filter(fits);
  const one = all.findLast(({ id, body }) => query === "" || id.startsWith(query) || body.wish.includes(query));
  if (one === undefined) throw new Fault("fault.none", { argument: "PACKET", query: plain(query) });
  return one;
}

/** A sum in hundredths, and its currency; empty for points. */
export function sumIn(words: string): { readonly total: number; readonly currency: string } | undefined {
  const [, whole = "", part = "", currency = ""] = /^(\d{1,7})(?:\.(\d{1,2}))?([A-Z]{3})?$/.exec(words) ?? [];
  return whole === "" ? undefined : { total: Number(whole) * 100 + Number(part.padEnd(2, "0")), currency };
}

async function packet(context: Context<Key>): Promise<void> {
  const { args } = context;
  const [action = "", chat = "", ...rest] = args.positionals;
  const act = Object.hasOwn(actions, action) ? actions[action as keyof typeof actions] : undefined;
  if (act === undefined) throw faults("fault.packet");
  const { conversation, title } = await chatMeant(context, chat);
  await act(context, { conversation, title, rest });
}

/** What others said is here, and what this device has to show of its secrets is said. */
async function tend(context: Context<Key>): Promise<void> {
  await catchUp(context);
  await context.api.tendPackets();
  await untilSent(context);
}

/** Whose devices saw it otherwise. */
function differLines(text: Context<Key>["text"], { differing }: PacketItem): readonly string[] {
  const names = differing.map((one) => nameOf(text, one)).join(", ");
  return names === "" ? [] : [text("packet.differs", { names })];
}

type At = { readonly conversation: string; readonly title: string; readonly rest: readonly string[] };

const actions = {
  send: (context: Context<Key>, at: At) => give(context, at, "lucky"),
  equal: (context: Context<Key>, at: At) => give(context, at, "equal"),
  take: async (context: Context<Key>, { conversation, rest }: At) => {
    await mustReachHome(context);
    const { api, answer, text, device, args } = context;
    const one = meant(context, conversation, rest.join(" "), ({ body }) => body.mayTake);
    const ref = { author: one.from.account, id: one.id };
    await api.takePacket(conversation, ref);
    const now = () => packetsIn(context, conversation).find(({ id }) => id === one.id)?.body ?? one.body;
    await device.until(() => (now().mine?.state ?? "going") !== "going", args.waitMs);
    await tend(context);
    const body = now();
    answer([line(text, body), ...lotLines(text, body)], told({ ...one, body }));
  },
  list: async (context: Context<Key>, { conversation }: At) => {
    await tend(context);
    const { answer, text } = context;
    const all = packetsIn(context, conversation);
    const lines = all.flatMap((one) => [
      `${short(one.id)}  ${when(one.atMs)}  ${nameOf(text, one.from)}: ${line(text, one.body)}`,
      ...lotLines(text, one.body).map((lot) => `    ${lot}`),
    ]);
    answer(lines.length === 0 ? text("packet.none") : lines, all.map(told));
  },
  check: async (context: Context<Key>, { conversation, rest }: At) => {
    await tend(context);
    const { answer, text, view } = context;
    const query = rest.join(" ");
    const all = query === "" ? packetsIn(context, conversation) : [meant(context, conversation, query, () => true)];
    const checked = all.flatMap(
      ({ from, id }) => view("packetProof", conversation, { author: from.account, id }) ?? [],
    );
    const lines = checked.flatMap(({ packet: id, item, pots }) => [
      `${short(id)}  ${line(text, item)}`,
      ...lotLines(text, item),
      ...pots.flatMap((pot) => potLines(text, item, pot)),
      ...differLines(text, item),
      text(item.isDisputed ? "packet.disputed" : item.isDone ? "packet.fair" : "packet.open"),
    ]);
    answer(lines.length === 0 ? text("packet.none") : lines, checked);
  },
};

async function give(context: Context<Key>, { conversation, title, rest }: At, mode: "lucky" | "equal"): Promise<void> {
  const { api } = context;
  const [sum = "", shares = "1", ...wish] = rest;
  const parsed = sumIn(sum);
  if (parsed === undefined || !/^\d{1,3}$/.test(shares)) throw faults("fault.packet");
  const { total, currency } = parsed;
  const before = newestIn(context, conversation);
  const id = await api.sendPacket(conversation, {
    of: currency === "" ? "points" : "money",
    currency,
    total,
    shares: Number(shares),
    mode,
    wish: wish.join(" "),
  });
  await tell(context, { conversation, title, id, before });
}

function oweLine(text: Text<Key>, body: OweItem): string {
  const { to, amount, note, state } = body;
  const said = { sum: sumOf(text, body, amount), to: nameOf(text, to), note: plain(note), state: text(`owe.${state}`) };
  return `[${text("kind.owe")}] ${text("owe.says", said)}`;
}

function shareLine(text: Text<Key>, body: ShareItem): string {
  const parts = body.parts.map(
    ({ person, amount, state }) => `${nameOf(text, person)} ${sumOf(text, body, amount)} (${text(`owe.${state}`)})`,
  );
  const said = { title: plain(body.title), sum: sumOf(text, body, body.total), parts: parts.join(" · ") };
  return `[${text("kind.share")}] ${text("share.says", said)}`;
}

async function ledger(context: Context<Key>): Promise<void> {
  const { args, api, answer, text, view } = context;
  const [chat = "", action = "show", what = "", ...rest] = args.positionals;
  const { conversation, title } = await chatMeant(context, chat);
  await catchUp(context);
  const now = view("ledger", conversation);
  if (action === "csv")
    return answer((await api.ledgerTable(conversation, text("ledger.you"))).trimEnd().split("\r\n"), now);
  if (action === "show") return answer(ledgerLines(text, now), now);
  if (action === "owe" || action === "split") return owe(context, { conversation, title }, action, [what, ...rest]);
  const entry = now.entries.find(({ message }) => what !== "" && message.id.startsWith(what));
  if (entry === undefined)
    throw what === "" ? faults("fault.ledger") : new Fault("fault.none", { argument: "ID", query: plain(what) });
  const { message } = entry;
  if (action === "yes" || action === "no") await api.answerOwed(conversation, message, action === "yes");
  else if (action === "paid") await api.sayPaid(conversation, message, rest.join(" "));
  else if (action === "got") {
    const mine = now.entries.filter((one) => one.message.id === message.id && one.to.isMe);
    const from = mine.find((one) => one.from.account.startsWith(rest[0] ?? "") || one.from.name === rest[0]) ?? mine[0];
    await api.sayGot(conversation, message, (from ?? entry).from.account);
  } else throw faults("fault.ledger");
  await answerWhenSent(context, text("ledger.done"), { conversation, id: message.id });
}

/** `owe NAME SUM NOTE` says that I owe it; `split all SUM TITLE` that I paid it for everybody here. */
async function owe(
  context: Context<Key>,
  { conversation, title }: { readonly conversation: string; readonly title: string },
  action: "owe" | "split",
  [who = "", sum = "", ...note]: readonly string[],
): Promise<void> {
  const { api, view } = context;
  const parsed = sumIn(sum);
  if (parsed === undefined) throw faults("fault.ledger");
  const unit = { of: parsed.currency === "" ? "points" : "money", currency: parsed.currency } as const;
  const members = view("conversation", conversation)?.members ?? [];
  const before = newestIn(context, conversation);
  const words = note.join(" ");
  if (action === "split") {
    const amounts = partsOf(parsed.total, members.length);
    const parts = members.map(({ account }, place) => ({ account, amount: amounts[place] ?? 0 }));
    const id = await api.shareBill(conversation, { ...unit, title: words, parts });
    return tell(context, { conversation, title, id, before });
  }
  const to = pick(
    "NAME",
    who,
    members.map((one) => ({ ...one, id: one.account })),
  ).account;
  const id = await api.sayOwed(conversation, { ...unit, to, amount: parsed.total, note: words });
  await tell(context, { conversation, title, id, before });
}

function ledgerLines(text: Text<Key>, { units, entries }: LedgerView): readonly string[] {
  if (entries.length === 0) return [text("ledger.none")];
  const sums = units.flatMap((unit) => [
    ...(unit.mine === 0
      ? []
      : [text(unit.mine > 0 ? "ledger.mine" : "ledger.minus", { sum: sumOf(text, unit, Math.abs(unit.mine)) })]),
    ...unit.payments.map(({ from, to, amount }) =>
      text("ledger.pays", { from: nameOf(text, from), to: nameOf(text, to), sum: sumOf(text, unit, amount) }),
    ),
  ]);
  const lines = entries.map((one) => {
    const { atMs, from, to, amount, words: said, state } = one;
    const names = { from: nameOf(text, from), to: nameOf(text, to), sum: sumOf(text, one, amount) };
    return `${short(one.message.id)}  ${text("ledger.entry", { at: when(atMs), ...names, words: plain(said), state: text(`owe.${state}`) })}`;
  });
  return [...(sums.length === 0 ? [text("ledger.none")] : sums), ...lines];
}

const told = ({ id, from, body }: Packet) => ({ id, by: from.account, ...body });

export const packets = cliFeature(words, {
  lines: { packet: line, owe: oweLine, share: shareLine },
  commands: {
    packet: {
      positionals: ["ACTION", "CHAT", "[SUM]", "[SHARES]", "[WISH…]"],
      help: {
        en: "send, equal, take, list or check red packets of a chat",
        zh: "红包：send 发，equal 发一样多的，take 拆，list 看，check 重新算",
      },
      run: packet,
    },
    ledger: {
      positionals: ["CHAT", "[ACTION]", "[ID]", "[SUM]", "[NOTE…]"],
      help: {
        en: "who owes whom in a chat; csv, owe, split, yes, no, paid, got",
        zh: "聊天的账本：谁欠谁；csv 表格，owe 欠，split AA，yes/no 认不认，paid 付了，got 收到了",
      },
      run: ledger,
    },
  },
});
