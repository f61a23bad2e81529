/** Homes in the terminal (docs/spec/homes.md HM54): a reserve, and going to another home. */
import type { HomeFault, HomesView } from "@yanshu/client";
import { type Context, hintUnlessSent, mustLiveHere, mustReachHome } from "../context.ts";
import { faultsOf } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "fault.noReserve": "There is no reserve. Give an invite link of the server to go to",
    "fault.noOffer": "Your server offers no reserve. Give an invite link of another one",
    "fault.noNext": "Your server goes nowhere. Name a server, or give an invite link of it",
    "fault.whichServer": "Your reserve is {reserve}, and another device went to {moved}. Name one: yanshu move NAME",
    "homes.home": "Your server: {server}",
    "homes.others": "Also there: {servers}",
    "homes.none": "No reserve. Should your server be gone, nothing brings you back. yanshu reserve LINK names one",
    "homes.offered": "Your server offers {server} as a reserve: yanshu reserve yes",
    "homes.next": "Your server goes to {server}, its operator says. To go along: yanshu move yes",
    "homes.whole": "Reserve: {server}. All is there, as of {when}",
    "homes.part": "Reserve: {server}. {done} of {of} parts of the history are there, and more follows",
    "homes.unreachable": "It does not answer",
    "homes.refused": "It does not take this account, or not this device",
    "homes.full": "It has no more room for this account",
    "homes.strange-reserve":
      "Another server answers there, without the key that it had. It is told nothing. Ask who runs it; if it is theirs, yanshu reserve off, and name it again by a new invite",
    "homes.home-away": "Your own server does not answer. If it is gone for good: yanshu move",
    "homes.leaving": "{server} lets go of the account on {when}, for a device of yours asked it to. No: yanshu stay",
    "homes.removed": "A device that you removed had named it. If you do not know it: yanshu reserve off",
    "homes.stays": "The account stays",
    "homes.dropped": "{server} is the reserve no more, and lets go of what it has in time",
    "homes.moved": "You are at {server} now. Chats and groups come back as the others get there",
    "homes.movedAlive":
      "You are at {server} now. At {before} you are still reached, and write with those who stay there",
    "homes.strange":
      "Another server answers at {server}, without your server's key. It is told nothing. If it has taken the name: yanshu move",
    "homes.elsewhere": "Another device of yours went to {server}. To go there with this one too: yanshu move",
    "homes.before": "Those who stay at {server} reach you there as well",
    "homes.beforeAway": "{server}, where you were before, does not answer",
    "homes.meet": "Meeting places: {servers}. Should your server be gone, your people look for each other there",
    "homes.meetNone": "No meeting place is known. yanshu meet NAME names a server that is one",
    "homes.missing": "Not found yet: {names}. They are looked for as long as a command runs, such as yanshu tail",
    "homes.allMet": "Nobody is looked for",
  },
  {
    "fault.noReserve": "还没有备用服务器。请给一个要去的服务器的邀请链接",
    "fault.noOffer": "你的服务器没有请谁做备用。请给另一台服务器的邀请链接",
    "fault.noNext": "你的服务器不搬家。请写明一台服务器，或者给它的邀请链接",
    "fault.whichServer": "备用服务器是 {reserve}，另一台设备去了 {moved}。去哪台，请写明：yanshu move 名字",
    "homes.home": "你的服务器：{server}",
    "homes.others": "也在：{servers}",
    "homes.none": "没有备用服务器。你的服务器要是没了，就回不来了。用 yanshu reserve 链接 定一个",
    "homes.offered": "管这台服务器的人请了 {server} 做备用：yanshu reserve yes",
    "homes.next": "管服务器的人说，你的服务器要搬到 {server}。跟着搬：yanshu move yes",
    "homes.whole": "备用：{server}，{when} 全部存好",
    "homes.part": "备用：{server}，聊天记录存了 {done} / {of} 份，还在存",
    "homes.unreachable": "它没有回应",
    "homes.refused": "它不收这个账号，或者不认这台设备",
    "homes.full": "它给这个账号的地方满了",
    "homes.strange-reserve":
      "那里换了一台不认识的服务器，拿不出原来的钥匙，什么都没有告诉它。先问问管它的人；要是没问题，yanshu reserve off，再用新的邀请链接定一次",
    "homes.home-away": "你自己的服务器没有回应。要是真的没了：yanshu move",
    "homes.leaving": "你的一台设备让 {server} 在 {when} 放掉这个账号。不要这样：yanshu stay",
    "homes.removed": "它是一台已移除的设备定的。要是你不认得：yanshu reserve off",
    "homes.stays": "账号留下了",
    "homes.dropped": "{server} 不再是备用，存着的东西过些日子会清掉",
    "homes.moved": "你现在在 {server}。别人也到了，聊天和群就接上了",
    "homes.movedAlive": "你现在在 {server}。留在 {before} 的人照样联系得上你，你也照样给他们发",
    "homes.strange":
      "{server} 那里换了一台不认识的服务器，拿不出你那台的钥匙，什么都没有告诉它。名字要是被占了：yanshu move",
    "homes.elsewhere": "你的另一台设备去了 {server}。这台也去：yanshu move",
    "homes.before": "留在 {server} 的人，照样联系得上你",
    "homes.beforeAway": "你原来的 {server} 没有回应",
    "homes.meet": "碰头的地方：{servers}。你的服务器要是没了，家人在那里互相找",
    "homes.meetNone": "还不知道在哪里碰头。用 yanshu meet 名字 写明一台服务器",
    "homes.missing": "还没找到：{names}。有命令在跑（比如 yanshu tail），就一直在找",
    "homes.allMet": "没有要找的人",
  },
);

type Key = keyof (typeof words)["en"];
type Reserve = NonNullable<HomesView["reserve"]>;
const fault = faultsOf(words);

/** A first carrying of years takes longer: it is said how far it is, and the next command goes on. */
const carryMsMin = 60_000;
/** Slips are laid a moment apart. */
const meetMsMin = 60_000;

function whyNot({ text }: Context<Key>, why: HomeFault): string {
  if (why === "strange") return text("homes.strange-reserve");
  return text(why === "home" ? "homes.home-away" : `homes.${why}`);
}

function reserveLines(context: Context<Key>, reserve: Reserve): readonly string[] {
  const { server, done, of, isWhole, wholeMs, fault: why, isByRemoved, leavingMs } = reserve;
  const { text } = context;
  const line =
    isWhole && wholeMs !== undefined
      ? text("homes.whole", { server: plain(server), when: new Date(wholeMs).toLocaleString() })
      : text("homes.part", { server: plain(server), done, of });
  return [
    line,
    ...(why === undefined ? [] : [whyNot(context, why)]),
    ...(isByRemoved === true ? [text("homes.removed")] : []),
    ...leavingLines(context, server, leavingMs),
  ];
}

function leavingLines({ text }: Context<Key>, server: string, ms: number | undefined): readonly string[] {
  if (ms === undefined) return [];
  return [text("homes.leaving", { server: plain(server), when: new Date(ms).toLocaleString() })];
}

function show(context: Context<Key>): void {
  const { answer, text, view } = context;
  const homes = view("homes");
  const { home, others, next, offered, reserve, leavingMs, before, moved } = homes;
  const lines = [
    text("homes.home", { server: plain(home) }),
    ...(view("status").homeGone?.isStrange === true ? [text("homes.strange", { server: plain(home) })] : []),
    ...(moved === undefined ? [] : [text("homes.elsewhere", { server: plain(moved) })]),
    ...leavingLines(context, home, leavingMs),
    ...(next === undefined ? [] : [text("homes.next", { server: plain(next.server) })]),
    ...(before === undefined
      ? []
      : [
          text(before.isAway ? "homes.beforeAway" : "homes.before", { server: plain(before.server) }),
          ...leavingLines(context, before.server, before.leavingMs),
        ]),
    ...(others.length === 0 ? [] : [text("homes.others", { servers: others.map(plain).join(", ") })]),
    ...(reserve === undefined ? [text("homes.none")] : reserveLines(context, reserve)),
    ...(offered === undefined ? [] : [text("homes.offered", { server: plain(offered.server) })]),
  ];
  answer(lines, homes);
}

/**
 * An invite of the reserve that home offers (HM117), or of where home goes (HM118); a device that was just made has to
 * hear of it first.
 */
async function linkOf({ args, device, view }: Context<Key>, what: "offered" | "next"): Promise<string> {
  await device.until(() => view("homes")[what] !== undefined, args.waitMs);
  const named = view("homes")[what];
  if (named === undefined) throw fault(what === "next" ? "fault.noNext" : "fault.noOffer");
  return named.link;
}

async function reserve(context: Context<Key>): Promise<void> {
  const { answer, api, args, device, text, view } = context;
  mustLiveHere(context);
  const [said] = args.positionals;
  const link = said === "yes" ? await linkOf(context, "offered") : said;
  if (link === "off") {
    const { server } = view("homes").reserve ?? {};
    if (server === undefined) throw fault("fault.noReserve");
    await api.dropReserve();
    await hintUnlessSent(context);
    return answer(text("homes.dropped", { server: plain(server) }), view("homes"));
  }
  if (link !== undefined) {
    await mustReachHome(context);
    await api.setReserve(link);
  } else await device.caughtUp({ waitMs: args.waitMs, untilDone: false });
  if (view("homes").reserve !== undefined) {
    await api.carryNow();
    const isOver = () => {
      const { reserve: now } = view("homes");
      return now === undefined || now.isWhole || now.fault !== undefined;
    };
    await device.until(isOver, Math.max(args.waitMs, carryMsMin));
  }
  show(context);
}

async function move(context: Context<Key>): Promise<void> {
  const { answer, api, args, device, text, view } = context;
  mustLiveHere(context);
  const [said] = args.positionals;
  const to = said === "yes" ? await linkOf(context, "next") : said;
  const { reserve: named, moved } = view("homes");
  if (to === undefined && named === undefined && moved === undefined) throw fault("fault.noReserve");
  if (to === undefined && named !== undefined && moved !== undefined && named.server !== moved)
    throw fault("fault.whichServer", { reserve: plain(named.server), moved: plain(moved) });
  // A home that answers hands over what it has first.
  if (await device.caughtUp({ waitMs: args.waitMs, untilDone: false })) await device.settled(args.waitMs);
  await api.moveHome(to);
  await hintUnlessSent(context);
  const homes = view("homes");
  const { home, before } = homes;
  const line =
    before === undefined || before.isAway
      ? text("homes.moved", { server: plain(home) })
      : text("homes.movedAlive", { server: plain(home), before: plain(before.server) });
  answer(line, homes);
}

async function meet(context: Context<Key>): Promise<void> {
  const { answer, api, args, device, text, view } = context;
  mustLiveHere(context);
  const [place] = args.positionals;
  if (place !== undefined) await api.meetAt(place);
  await device.caughtUp({ waitMs: args.waitMs, untilDone: false });
  const { places = [], missing = [] } = view("homes").meeting ?? {};
  if (missing.length > 0)
    await device.until(() => (view("homes").meeting?.missing ?? []).length === 0, Math.max(args.waitMs, meetMsMin));
  const left = view("homes").meeting?.missing ?? [];
  const names = left.map((account) => plain(view("person", account)?.name ?? "") || account.slice(0, 8));
  answer(
    [
      places.length === 0 ? text("homes.meetNone") : text("homes.meet", { servers: places.map(plain).join(", ") }),
      left.length === 0 ? text("homes.allMet") : text("homes.missing", { names: names.join(", ") }),
    ],
    { places, missing: left },
  );
}

async function stay(context: Context<Key>): Promise<void> {
  const { answer, api, text, view } = context;
  mustLiveHere(context);
  await mustReachHome(context);
  await api.stayHome();
  answer(text("homes.stays"), view("homes"));
}

export const homes = cliFeature(words, {
  commands: {
    reserve: {
      positionals: ["[LINK|yes|off]"],
      help: {
        en: "keep at another server, by an invite of it, what brings the account back; yes: the one that your server offers; alone: how far that is",
        zh: "用另一台服务器的邀请链接，把找回账号要的都存一份在那里；yes 用管服务器的人请好的那台；不带链接就看存得怎么样了",
      },
      run: reserve,
    },
    stay: {
      positionals: [],
      help: {
        en: "say no where a device asked your server, or the reserve, to let go of the account",
        zh: "有设备让你的服务器或备用服务器放掉账号时，说不",
      },
      run: stay,
    },
    meet: {
      positionals: ["[NAME]"],
      help: {
        en: "where your people look for each other should your server be gone, and who was not found yet; NAME: there too",
        zh: "服务器没了，家人在哪里互相找，还有谁没找到；带名字就也去那里找",
      },
      run: meet,
    },
    move: {
      positionals: ["[LINK|NAME|yes]"],
      help: {
        en: "go to the reserve, where another device went, or to the server of an invite, whether your server is gone or not; yes: where your server goes",
        zh: "搬到备用的那台、另一台设备去的那台，或者邀请链接里的那台；原来的服务器在不在都行；yes 跟着你的服务器搬",
      },
      run: move,
    },
  },
});
