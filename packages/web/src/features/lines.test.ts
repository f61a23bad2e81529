/** Every line about what happened has words, whichever feature says them. */
import { expect, test } from "bun:test";
import { i18n } from "@lingui/core";
import type { SystemLine } from "@yanshu/client";
import { isOfCare, systemWords } from "../kit/system-words.ts";
import { register } from "../shell/features.ts";
import { features } from "./index.ts";

register(features);
i18n.loadAndActivate({ locale: "en", messages: {} }); // An id stands for its words.

const mum = { account: "ab".repeat(16), name: "妈妈", isMe: false };
/** All kinds that there are: one that is left out is no type. */
const kinds: Record<SystemLine["kind"], string> = {
  "group-created": "sys.created",
  added: "sys.added",
  removed: "sys.removed",
  "left-out": "sys.leftOut",
  "founded-without": "sys.foundedWithout",
  invited: "sys.invitedWith",
  "invited-beside": "sys.invitedBeside",
  left: "sys.left",
  "not-done": "sys.notAdded",
  joined: "sys.joined",
  "asks-in": "sys.asksIn",
  approval: "sys.approvalOn",
  history: "sys.history.week",
  dissolved: "sys.dissolved",
  renamed: "sys.renamed",
  "picture-changed": "sys.picture",
  role: "sys.admin",
  friends: "friend.new",
  "request-sent": "sys.requestSent",
  "not-contacts": "sys.notContacts",
  "device-added": "sys.deviceAdded",
  restored: "sys.restored",
  "family-piece": "sys.helping",
  "device-refused": "guard.title",
  "account-frozen": "guard.frozen",
  "list-differs": "guard.differs",
  lost: "msg.lost",
  unheard: "msg.unheard",
  fork: "sys.fork",
  "held-up": "sys.heldUp",
  notice: "妈妈 · hello",
  recreated: "sys.recreated",
  "you-were-removed": "sys.youRemoved",
  pat: "sys.pat",
  announced: "sys.announced",
  "program-said": "program.said",
  recalled: "recall.other",
};

test("[WE95] every line about what happened has words, by the feature that it is of", () => {
  const line = { by: mum, who: mum, of: mum, people: [mum], name: "home", text: "hello", suffix: "", isOn: true };
  const more = { choice: "week", role: "admin", state: "asking", count: 1, isAnswered: false };
  for (const [kind, words] of Object.entries(kinds))
    expect([kind, systemWords({ ...line, ...more, kind } as unknown as SystemLine)]).toEqual([kind, words]);
});

test("[WE314] who was not reached, and what home refuses, stands as a note; what is only past does not", () => {
  const notes = Object.keys(kinds).filter((kind) => isOfCare({ kind } as SystemLine));
  expect(notes.toSorted()).toEqual(["fork", "held-up", "left-out", "unheard"]);
});
