/** Commands of the core. A feature's commands are in its own folder. */
import type { CommandDef } from "../feature.ts";
import { create, diagnostics, status } from "./account.ts";
import { chats, read, send, tail } from "./chats.ts";
import { save } from "./files.ts";

/** The first in help. */
export const firstInHelp: Readonly<Record<string, CommandDef<never>>> = {
  create: {
    positionals: ["LINK"],
    options: ["name"],
    createsAccount: true,
    help: { en: "make an account, with an invite or somebody’s link", zh: "用邀请或别人的链接建账号" },
    run: create,
  },
  chats: { help: { en: "chats, the latest first", zh: "聊天，最近的在前" }, run: chats },
  send: {
    positionals: ["CHAT", "[TEXT…]"],
    options: ["file"],
    help: {
      en: "send a message: TEXT, or what standard input holds",
      zh: "说一句话；没有 TEXT 时，寄标准输入里的",
    },
    run: send,
  },
  save: {
    positionals: ["CHAT"],
    options: ["to", "last"],
    help: { en: "save the files of the newest messages", zh: "把最近消息里的文件存下来" },
    run: save,
  },
  read: {
    positionals: ["CHAT"],
    options: ["last", "peek"],
    help: { en: "the newest messages, and mark them read", zh: "看最新的消息，并标为已读" },
    run: read,
  },
  tail: {
    positionals: ["[CHAT]"],
    options: ["peek"],
    help: { en: "follow what arrives, until Ctrl-C", zh: "跟着看来信，到 Ctrl-C 为止" },
    run: tail,
  },
};

/** The last in help. */
export const lastInHelp: Readonly<Record<string, CommandDef<never>>> = {
  status: { help: { en: "my account, and the state of the connection", zh: "我是谁，一切怎样" }, run: status },
  diagnostics: {
    help: { en: "counters: messages refused, groups resynced, gaps", zh: "拒收、修补、遗漏各有多少" },
    run: diagnostics,
  },
};
