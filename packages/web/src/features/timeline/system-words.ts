/**
 * System lines in the reader's language: what happened is stored, its words never are.
 */
import type { PersonRef, SystemLine } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";

export function personName(person: PersonRef): string {
  return person.isMe ? t("person.you") : person.name;
}

function names(people: readonly PersonRef[]): string {
  return people.map(personName).join(t("person.and"));
}

export function systemWords(line: SystemLine): string {
  switch (line.kind) {
    case "group-created":
      return t("sys.created", { by: personName(line.by) });
    case "added":
      return t("sys.added", { by: personName(line.by), people: names(line.people) });
    case "removed":
      return t("sys.removed", { by: personName(line.by), people: names(line.people) });
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
    case "device-added":
      return t("sys.deviceAdded", { name: personName(line.who) });
    case "device-refused":
      return t("guard.title");
    case "account-frozen":
      return t("guard.frozen");
    case "lost":
      return t(line.state === "asking" ? "msg.lost" : "msg.gone", { n: line.count });
    case "fork":
      return t("sys.fork");
    case "refounded":
      return t("sys.refounded", { by: personName(line.by) });
    case "you-were-removed":
      return t("sys.youRemoved");
    default:
      return line satisfies never;
  }
}
