/** Groups: commands that create and dissolve one, and the notices that tell how one changed. */
import type { Hex } from "@yanshu/client";
import { chatMeant, contactsMeant } from "../chat.ts";
import { type Context, catchUp, hintUnlessSent, untilSent } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { nameOf, namesOf, plain } from "../line.ts";
import { pick } from "../pick.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.last-admin": "Before you leave, make someone an admin",
    "group.made": "The group {title} is made",
    "group.waits": "The group {title} will be made when the server can be reached and you run yanshu again",
    dissolved: "{title} is dissolved",
    "members.away": "away, let in when they are back",
    "members.removed": "{who} is removed from {title}",
    "notice.group-created": "{by} started this group",
    "notice.added": "{by} added {people}",
    "notice.removed": "{by} removed {people}",
    "notice.founded-without": "{by} put this chat back together without {people}",
    "notice.left-out": "{people} could not be reached when {by} put this chat back together, and did not come along",
    "notice.invited-beside":
      "{by} invited you to another group, but this one has taken its place. To get in there, leave this group, and ask {by} to invite you again",
    "notice.not-added": "{people} could not be added. You can try again",
    "notice.not-done": "A change that you made here did not go through. You can try again",
    "notice.left": "{who} left",
    "notice.dissolved": "{by} dissolved this group",
    "notice.renamed": "{by} named the group “{name}”",
    "notice.picture-changed": "{by} changed the group picture",
    "notice.owner": "{by} handed the group to {who}",
    "notice.admin": "{by} made {who} an admin",
    "notice.member": "{by} made {who} a member",
    "notice.recreated": "{by} put this chat back together",
    "notice.you-were-removed": "You are no longer in this group",
  },
  {
    "error.last-admin": "走之前，先请一位当管理员",
    "group.made": "群“{title}”建好了",
    "group.waits": "群“{title}”等连得上服务器时，再运行一次 yanshu 就建好",
    dissolved: "{title}解散了",
    "members.away": "暂时不在，回来就能进",
    "members.removed": "请{who}离开了{title}",
    "notice.group-created": "{by}建了这个群",
    "notice.added": "{by}请来了{people}",
    "notice.removed": "{by}请{people}离开了",
    "notice.founded-without": "{by}把聊天重新接好了，没有带上{people}",
    "notice.left-out": "{by}把聊天重新接好时没联系上{people}，现在少了这些人",
    "notice.invited-beside":
      "{by}请你进另一个群，可是那个群的位置被这个群占着。想去那边，先退出这个群，再请{by}重新邀请你",
    "notice.not-added": "没能把{people}请进来，可以再试一次",
    "notice.not-done": "你在这里改的一样东西没有改成，可以再试一次",
    "notice.left": "{who}离开了",
    "notice.dissolved": "{by}解散了这个群",
    "notice.renamed": "{by}把群名改成“{name}”",
    "notice.picture-changed": "{by}换了群头像",
    "notice.owner": "{by}把群交给了{who}",
    "notice.admin": "{by}请{who}当管理员",
    "notice.member": "{by}让{who}做回普通成员",
    "notice.recreated": "{by}把聊天重新接好了",
    "notice.you-were-removed": "你已经不在这个群里了",
  },
);

type Key = keyof (typeof words)["en"];

async function create(context: Context<Key>): Promise<void> {
  const { args, answer, api, text } = context;
  const [name = "", ...people] = args.positionals;
  const accounts = await contactsMeant(context, people);
  const conversation = await api.createGroup({ name, accounts: [...new Set(accounts)] });
  const isMade = await untilSent(context);
  const title = plain(name);
  answer(text(isMade ? "group.made" : "group.waits", { title }), { conversation, made: isMade });
}

async function dissolve(context: Context<Key>): Promise<void> {
  const { args, answer, api, text } = context;
  const { conversation, title } = await chatMeant(context, args.positionals[0] as string);
  await api.dissolveGroup(conversation);
  await hintUnlessSent(context);
  answer(text("dissolved", { title }), { conversation });
}

/** Who is in the chat, and after them who strayed from it and is let in when they ask. */
function peopleIn({ view }: Context<Key>, conversation: Hex) {
  const { members = [], strays = [] } = view("conversation", conversation) ?? {};
  return { members: members.map(({ face: _, ...member }) => member), strays: strays.map(({ face: _, ...one }) => one) };
}

async function list(context: Context<Key>): Promise<void> {
  const { args, answer, text } = context;
  const { conversation } = await chatMeant(context, args.positionals[0] as string);
  await catchUp(context);
  const { members, strays } = peopleIn(context, conversation);
  const lines = [
    ...members.map((one) => nameOf(text, one)),
    ...strays.map((one) => `${nameOf(text, one)}  (${text("members.away")})`),
  ];
  answer(
    lines.map((line, i) => `${i + 1}  ${line}`),
    { members, strays },
  );
}

async function remove(context: Context<Key>): Promise<void> {
  const { args, answer, api, text } = context;
  const [chat = "", person = ""] = args.positionals;
  const { conversation, title } = await chatMeant(context, chat);
  const { members, strays } = peopleIn(context, conversation);
  const who = pick(
    "PERSON",
    person,
    [...members, ...strays].map((one) => ({ ...one, id: one.account })),
  );
  await api.removeMember(conversation, who.account);
  await hintUnlessSent(context);
  answer(text("members.removed", { who: nameOf(text, who), title }), { conversation, account: who.account });
}

export const groups = cliFeature(words, {
  notices: {
    "group-created": (text, { by }) => text("notice.group-created", { by: nameOf(text, by) }),
    "picture-changed": (text, { by }) => text("notice.picture-changed", { by: nameOf(text, by) }),
    recreated: (text, { by }) => text("notice.recreated", { by: nameOf(text, by) }),
    dissolved: (text, { by }) => text("notice.dissolved", { by: nameOf(text, by) }),
    "invited-beside": (text, { by }) => text("notice.invited-beside", { by: nameOf(text, by) }),
    added: (text, { by, people }) => text("notice.added", { by: nameOf(text, by), people: namesOf(text, people) }),
    removed: (text, { by, people }) => text("notice.removed", { by: nameOf(text, by), people: namesOf(text, people) }),
    "founded-without": (text, { by, people }) =>
      text("notice.founded-without", { by: nameOf(text, by), people: namesOf(text, people) }),
    "left-out": (text, { by, people }) =>
      text("notice.left-out", { by: nameOf(text, by), people: namesOf(text, people) }),
    "not-done": (text, { people }) =>
      people.length === 0 ? text("notice.not-done") : text("notice.not-added", { people: namesOf(text, people) }),
    invited: (text, { by, people }) => {
      const others = people.filter(({ name }) => name !== "").map((one) => nameOf(text, one));
      return text("notice.added", { by: nameOf(text, by), people: [text("you"), ...others].join(text("and")) });
    },
    left: (text, { who }) => text("notice.left", { who: nameOf(text, who) }),
    renamed: (text, { by, name }) => text("notice.renamed", { by: nameOf(text, by), name: plain(name) }),
    role: (text, { by, who, role }) => text(`notice.${role}`, { by: nameOf(text, by), who: nameOf(text, who) }),
    "you-were-removed": (text) => text("notice.you-were-removed"),
  },
  commands: {
    group: {
      positionals: ["NAME", "CONTACT…"],
      help: { en: "make a group with contacts", zh: "和联系人建群" },
      run: create,
    },
    members: { positionals: ["CHAT"], help: { en: "who is in a group", zh: "群里有谁" }, run: list },
    remove: {
      positionals: ["CHAT", "PERSON"],
      help: { en: "remove somebody from my group", zh: "请人离开我的群" },
      run: remove,
    },
    dissolve: { positionals: ["CHAT"], help: { en: "end a group of mine, for all", zh: "解散我的群" }, run: dissolve },
  },
});
