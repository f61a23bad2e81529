/**
 * System lines in the reader's language: what happened is stored, its words never are.
 */
import type { PersonRef, SystemLine } from "@yanshu/client";
import { t } from "../locales/i18n.ts";
import { personName } from "./person.ts";

function names(people: readonly PersonRef[]): string {
  return people.map(personName).join(t("person.and"));
}

/** “我拍了拍妈妈的肩膀”: what follows the name is the patted one's own. */
function patWords({ by, who, suffix }: Extract<SystemLine, { kind: "pat" }>): string {
  const whom = who.account === by.account ? t("pat.self") : personName(who);
  // Latin words stand apart from the name before them, Han do not.
  const words = /^[\p{Script=Latin}\d]/u.test(suffix) ? ` ${suffix}` : suffix;
  return t("sys.pat", { by: personName(by), who: whom, suffix: words })
    .replace(/\s+/gu, " ")
    .trim();
}

/** “Emily 邀请你和妈妈进群”; who is not named yet is left out. */
function invitedWords({ by, people }: Extract<SystemLine, { kind: "invited" }>): string {
  const others = names(people.filter(({ name }) => name !== ""));
  return others === ""
    ? t("sys.invited", { by: personName(by) })
    : t("sys.invitedWith", { by: personName(by), people: others });
}

export function systemWords(line: SystemLine): string {
  switch (line.kind) {
    case "group-created":
      return t("sys.created", { by: personName(line.by) });
    case "added":
      return t("sys.added", { by: personName(line.by), people: names(line.people) });
    case "invited":
      return invitedWords(line);
    case "removed":
      return t("sys.removed", { by: personName(line.by), people: names(line.people) });
    case "joined":
      return t("sys.joined", { people: names(line.people) });
    case "asks-in":
      return t("sys.asksIn", { name: personName(line.who) });
    case "approval":
      return t(line.isOn ? "sys.approvalOn" : "sys.approvalOff", { by: personName(line.by) });
    case "history":
      return t(`sys.history.${line.choice}`, { by: personName(line.by) });
    case "dissolved":
      return t("sys.dissolved", { by: personName(line.by) });
    case "left":
      return t("sys.left", { name: personName(line.who) });
    case "renamed":
      return t("sys.renamed", { by: personName(line.by), name: line.name });
    case "picture-changed":
      return t("sys.picture", { by: personName(line.by) });
    case "role":
      return t(`sys.${line.role}`, { by: personName(line.by), name: personName(line.who) });
    case "friends":
      return t("friend.new");
    case "request-sent":
      return t("sys.requestSent");
    case "not-contacts":
      return t("sys.notContacts");
    case "device-added":
      return t("sys.deviceAdded", { name: personName(line.who) });
    case "restored":
      return t("sys.restored", { name: personName(line.who) });
    case "family-piece":
      return line.of.isMe
        ? t(line.isOn ? "sys.helper" : "sys.helperOver", { name: personName(line.who) })
        : t(line.isOn ? "sys.helping" : "sys.helpingOver", { name: personName(line.of) });
    case "device-refused":
      return t("guard.title");
    case "account-frozen":
      return t("guard.frozen");
    case "list-differs":
      return t("guard.differs");
    case "lost":
      return t(line.state === "asking" ? "msg.lost" : "msg.gone", { n: line.count });
    case "fork":
      return t("sys.fork");
    case "refounded":
      return t("sys.refounded", { by: personName(line.by) });
    case "you-were-removed":
      return t("sys.youRemoved");
    case "pat":
      return patWords(line);
    case "notice":
      return `${personName(line.by)} · ${line.text}`;
    case "announced":
      return line.text === ""
        ? t("sys.unannounced", { by: personName(line.by) })
        : t("sys.announced", { by: personName(line.by), text: line.text });
    case "recalled":
      return line.who.isMe ? t("recall.you") : t("recall.other", { name: line.who.name });
    default:
      return line satisfies never;
  }
}
