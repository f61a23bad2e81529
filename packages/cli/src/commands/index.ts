/** Commands of the core; those of features stand with them. */
import type { CommandDef } from "../feature.ts";
import { create, diagnostics, status } from "./account.ts";
import { chats, read, send, tail } from "./chats.ts";
import { save } from "./files.ts";

export const beginning: Readonly<Record<string, CommandDef<never>>> = {
  create: {
    words: ["LINK"],
    options: ["name"],
    isBeginning: true,
    help: { en: "make an account, with an invite or somebody’s link", zh: "用邀请或别人的链接建账号" },
    run: create,
  },
  chats: { help: { en: "chats, the latest first", zh: "聊天，最近的在前" }, run: chats },
  send: {
    words: ["CHAT", "[TEXT…]"],
    options: ["file"],
    help: {
      en: "say something; without TEXT, what standard input holds",
      zh: "说一句话；没有 TEXT 时，寄标准输入里的",
    },
    run: send,
  },
  save: {
    words: ["CHAT"],
    options: ["to", "last"],
    help: { en: "save the files of the newest messages", zh: "把最近消息里的文件存下来" },
    run: save,
  },
  read: {
    words: ["CHAT"],
    options: ["last", "peek"],
    help: { en: "the newest messages, and mark them read", zh: "看最新的消息，并标为已读" },
    run: read,
  },
  tail: {
    words: ["[CHAT]"],
    options: ["peek"],
    help: { en: "follow what arrives, until Ctrl-C", zh: "跟着看来信，到 Ctrl-C 为止" },
    run: tail,
  },
};

/** They stand last in help. */
export const aboutItself: Readonly<Record<string, CommandDef<never>>> = {
  status: { help: { en: "who I am, and how things are", zh: "我是谁，一切怎样" }, run: status },
  diagnostics: {
    help: { en: "counts of what was refused, resynced, missed", zh: "拒收、修补、遗漏各有多少" },
    run: diagnostics,
  },
};
