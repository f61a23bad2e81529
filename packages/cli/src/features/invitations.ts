/** Invitations: a group's link, asking by it to come in, and deciding over it. */
import { chatMeant, Failed } from "../chat.ts";
import { type Context, catchUp, found, hintUnlessSent, mustReachHome, untilSent } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { linkLines, named, nameOf, namesOf, plain, when } from "../line.ts";
import { pick } from "../pick.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.group-link-expired": "This invitation has ended. Ask for a new one",
    "groupLink.about": "Whoever has this link may ask to come into the group, for 7 days:",
    "join.in": "You are in {title}",
    "join.asking": "Asked. You come into {title} once a device of an admin is awake",
    "join.waiting": "Asked. An admin of {title} decides",
    "join.refused": "An admin of {title} did not let you in",
    "join.expired": "This invitation has ended. Ask for a new one",
    "join.used-up": "This invitation is used up. Ask for a new one",
    "join.reset": "This invitation was replaced. Ask for the new one",
    "done.letIn": "{name} comes in",
    "done.turnAway": "{name} stays out, and is told",
    "notice.joined": "{people} joined by the group’s link",
    "notice.asks-in": "{who} asks to come in",
    "notice.approval": "{by} wants to approve who comes in",
    "notice.no-approval": "{by} lets people in by the link without asking",
  },
  {
    "error.group-link-expired": "这个邀请过期了，请对方发新的",
    "groupLink.about": "有这个链接的人，7 天内可以申请进群：",
    "join.in": "你已经在{title}里了",
    "join.asking": "已经告诉管理员。等他们的设备醒着，你就进{title}了",
    "join.waiting": "已经告诉管理员，等{title}的管理员点头",
    "join.refused": "{title}的管理员没有同意",
    "join.expired": "这个邀请过期了，请对方发新的",
    "join.used-up": "这个邀请的名额用完了，请对方发新的",
    "join.reset": "这个邀请换过了，请对方发新的",
    "done.letIn": "{name}可以进来了",
    "done.turnAway": "没有让{name}进来，会告诉对方",
    "notice.joined": "{people}通过群链接进来了",
    "notice.asks-in": "{who}想进群",
    "notice.approval": "{by}打开了进群审批",
    "notice.no-approval": "{by}关上了进群审批",
  },
);

type Key = keyof (typeof words)["en"];

/** The group's link; made when there is none, or another is wanted. */
async function groupLink(context: Context<Key>): Promise<void> {
  const { args, answer, api, device, io, text } = context;
  const { conversation } = await chatMeant(context, args.positionals[0] as string);
  await mustReachHome(context);
  let shown = await api.groupLink(conversation);
  if (args.reset || shown === undefined) {
    const before = shown;
    await api.makeGroupLink(conversation, { days: 7 });
    // One at a time, and none is on its way when the store is closed.
    let asking: Promise<void> | undefined;
    await device.until(() => {
      asking ??= api.groupLink(conversation).then((link) => {
        shown = link;
        asking = undefined;
      });
      return shown !== undefined && shown !== before;
    }, args.waitMs);
    await asking;
    await untilSent(context);
  }
  const link = shown ?? "";
  answer(linkLines(text("groupLink.about"), link, io.isTerminal), { link });
}

/** Asks to come in, and waits a moment for the answer. */
async function join(context: Context<Key>): Promise<void> {
  const { args, answer, api, device, text, view } = context;
  const link = args.positionals[0] as string;
  await mustReachHome(context);
  const id = await api.joinGroup(link);
  const now = () => view("joins").find((row) => row.id === id);
  await device.until(() => now()?.standing !== "asking", args.waitMs);
  await untilSent(context);
  const row = now();
  const standing = row?.standing ?? "asking";
  answer(text(`join.${standing}`, { title: plain(row?.name ?? "") }), { standing, conversation: row?.conversation });
  if (standing !== "in" && standing !== "asking" && standing !== "waiting") throw new Failed();
}

async function asking(context: Context<Key>): Promise<void> {
  const { args, answer, text, view } = context;
  const { conversation } = await chatMeant(context, args.positionals[0] as string);
  await catchUp(context);
  const rows = view("asking", conversation);
  const lines = rows.map((row, i) => `${i + 1}  ${when(row.atMs)}  ${named(row)}`);
  answer(
    rows.length === 0 ? text("requests.none") : lines,
    rows.map(({ account, name, atMs }) => ({ account, name, atMs })),
  );
}

async function decide(context: Context<Key>, decision: "letIn" | "turnAway"): Promise<void> {
  const { args, answer, api, text, view } = context;
  const { conversation } = await chatMeant(context, args.positionals[0] as string);
  const row = await found(context, () =>
    pick(
      "N|NAME",
      args.positionals[1] as string,
      view("asking", conversation).map((one) => ({ ...one, id: one.account })),
    ),
  );
  await api[decision](conversation, row.account);
  await hintUnlessSent(context);
  answer(text(`done.${decision}`, { name: named(row) }), { account: row.account });
}

export const invitations = cliFeature(words, {
  notices: {
    joined: (text, { people }) => text("notice.joined", { people: namesOf(text, people) }),
    "asks-in": (text, { who }) => text("notice.asks-in", { who: nameOf(text, who) }),
    approval: (text, { by, isOn }) => text(isOn ? "notice.approval" : "notice.no-approval", { by: nameOf(text, by) }),
  },
  commands: {
    "group-link": {
      positionals: ["CHAT"],
      options: ["reset"],
      help: { en: "show a group’s link; make one where there is none", zh: "显示群链接；没有就做一个" },
      run: groupLink,
    },
    join: {
      positionals: ["LINK"],
      help: { en: "ask to come into the group that LINK is of", zh: "申请进 LINK 的群" },
      run: join,
    },
    asking: { positionals: ["CHAT"], help: { en: "who asks to come into a group", zh: "谁想进这个群" }, run: asking },
    "let-in": {
      positionals: ["CHAT", "N|NAME"],
      help: { en: "let in one who asks", zh: "让申请的人进来" },
      run: (context) => decide(context, "letIn"),
    },
    "turn-away": {
      positionals: ["CHAT", "N|NAME"],
      help: { en: "do not, and they are told", zh: "不让进，会告诉对方" },
      run: (context) => decide(context, "turnAway"),
    },
  },
});
