/** Groups: commands that create and dissolve one, and the notices that tell how one changed. */
import { chatMeant, contactsMeant } from "../chat.ts";
import { type Context, noteUnlessSent, untilSent } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { nameOf, namesOf, plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.last-admin": "Before you leave, make someone an admin",
    "group.made": "The group {title} is made",
    "group.waits": "The group {title} will be made when the server can be reached and you run yanshu again",
    dissolved: "{title} is dissolved",
    "line.group-created": "{by} started this group",
    "line.added": "{by} added {people}",
    "line.removed": "{by} removed {people}",
    "line.left": "{who} left",
    "line.dissolved": "{by} dissolved this group",
    "line.renamed": "{by} named the group “{name}”",
    "line.picture-changed": "{by} changed the group picture",
    "line.owner": "{by} handed the group to {who}",
    "line.admin": "{by} made {who} an admin",
    "line.member": "{by} made {who} a member",
    "line.recreated": "{by} put this chat back together",
    "line.you-were-removed": "You are no longer in this group",
  },
  {
    "error.last-admin": "走之前，先请一位当管理员",
    "group.made": "群“{title}”建好了",
    "group.waits": "群“{title}”等连得上服务器时，再运行一次 yanshu 就建好",
    dissolved: "{title}解散了",
    "line.group-created": "{by}建了这个群",
    "line.added": "{by}请来了{people}",
    "line.removed": "{by}请{people}离开了",
    "line.left": "{who}离开了",
    "line.dissolved": "{by}解散了这个群",
    "line.renamed": "{by}把群名改成“{name}”",
    "line.picture-changed": "{by}换了群头像",
    "line.owner": "{by}把群交给了{who}",
    "line.admin": "{by}请{who}当管理员",
    "line.member": "{by}让{who}做回普通成员",
    "line.recreated": "{by}把聊天重新接好了",
    "line.you-were-removed": "你已经不在这个群里了",
  },
);

type Key = keyof (typeof words)["en"];

async function create(context: Context<Key>): Promise<void> {
  const { args, answer, api, text } = context;
  const [name = "", ...people] = args.words;
  const accounts = await contactsMeant(context, people);
  const conversation = await api.createGroup({ name, accounts: [...new Set(accounts)] });
  const isMade = await untilSent(context);
  const title = plain(name);
  answer(text(isMade ? "group.made" : "group.waits", { title }), { conversation, made: isMade });
}

async function dissolve(context: Context<Key>): Promise<void> {
  const { args, answer, api, text } = context;
  const { conversation, title } = await chatMeant(context, args.words[0] as string);
  await api.dissolveGroup(conversation);
  await noteUnlessSent(context);
  answer(text("dissolved", { title }), { conversation });
}

export const groups = cliFeature(words, {
  notices: {
    "group-created": (text, { by }) => text("line.group-created", { by: nameOf(text, by) }),
    "picture-changed": (text, { by }) => text("line.picture-changed", { by: nameOf(text, by) }),
    recreated: (text, { by }) => text("line.recreated", { by: nameOf(text, by) }),
    dissolved: (text, { by }) => text("line.dissolved", { by: nameOf(text, by) }),
    added: (text, { by, people }) => text("line.added", { by: nameOf(text, by), people: namesOf(text, people) }),
    removed: (text, { by, people }) => text("line.removed", { by: nameOf(text, by), people: namesOf(text, people) }),
    invited: (text, { by, people }) => {
      const others = people.filter(({ name }) => name !== "").map((one) => nameOf(text, one));
      return text("line.added", { by: nameOf(text, by), people: [text("you"), ...others].join(text("and")) });
    },
    left: (text, { who }) => text("line.left", { who: nameOf(text, who) }),
    renamed: (text, { by, name }) => text("line.renamed", { by: nameOf(text, by), name: plain(name) }),
    role: (text, { by, who, role }) => text(`line.${role}`, { by: nameOf(text, by), who: nameOf(text, who) }),
    "you-were-removed": (text) => text("line.you-were-removed"),
  },
  commands: {
    group: { words: ["NAME", "CONTACT…"], help: { en: "make a group with contacts", zh: "和联系人建群" }, run: create },
    dissolve: { words: ["CHAT"], help: { en: "end a group of mine, for all", zh: "解散我的群" }, run: dissolve },
  },
});
