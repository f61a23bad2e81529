/**
 * Red packets 红包 in the terminal (docs/spec/packets.md): given, opened, listed, and reckoned again from what stands on
 * the record.
 */
import type { PacketItem, PacketPot, TimelineItem } from "@yanshu/client";
import { chatMeant, newestIn, searchedMax, tell } from "../chat.ts";
import { type Context, catchUp, mustReachHome } from "../context.ts";
import { Fault, faultsOf } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { named, nameOf, plain, short, when } from "../line.ts";
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
    "packet.open": "Not all secrets are shown yet",
    "fault.packet": "packet send|equal|take|list|check CHAT [SUM] [SHARES] [WISH]; a sum is 88.00 or 88.00USD",
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
    "packet.open": "暗号还没有全部亮出来",
    "fault.packet": "packet send|equal|take|list|check 聊天 [金额] [个数] [祝福]；金额写 88.00 或 88.00USD",
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
    await device.until(() => now().mine !== undefined && now().mine?.state !== "going", args.waitMs);
    await device.caughtUp({ waitMs: args.waitMs, untilDone: true });
    answer([line(text, now()), ...lotLines(text, now())], told({ ...one, body: now() }));
  },
  list: async (context: Context<Key>, { conversation }: At) => {
    await catchUp(context);
    const { answer, text } = context;
    const all = packetsIn(context, conversation);
    const lines = all.flatMap((one) => [
      `${short(one.id)}  ${when(one.atMs)}  ${nameOf(text, one.from)}: ${line(text, one.body)}`,
      ...lotLines(text, one.body).map((lot) => `    ${lot}`),
    ]);
    answer(lines.length === 0 ? text("packet.none") : lines, all.map(told));
  },
  check: async (context: Context<Key>, { conversation, rest }: At) => {
    await catchUp(context);
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
    ...{ currency, total, shares: Number(shares), mode, wish: wish.join(" ") },
  });
  await tell(context, { conversation, title, id, before });
}

const told = ({ id, from, body }: Packet) => ({ id, by: from.account, ...body });

export const packets = cliFeature(words, {
  lines: { packet: line },
  commands: {
    packet: {
      positionals: ["ACTION", "CHAT", "[SUM]", "[SHARES]", "[WISH…]"],
      help: {
        en: "send, equal, take, list or check red packets of a chat",
        zh: "红包：send 发，equal 发一样多的，take 拆，list 看，check 重新算",
      },
      run: packet,
    },
  },
});
