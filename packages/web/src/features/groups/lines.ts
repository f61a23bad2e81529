/** System lines of groups. */
import type { SystemLine } from "@yanshu/client";
import type { Lines } from "../../feature.ts";
import { personName, personNames } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";

export const lines: Lines = {
  "group-created": ({ by }) => t("sys.created", { by: personName(by) }),
  added: ({ by, people }) => t("sys.added", { by: personName(by), people: personNames(people) }),
  invited,
  removed: ({ by, people }) => t("sys.removed", { by: personName(by), people: personNames(people) }),
  "left-out": ({ by, people }) => t("sys.leftOut", { by: personName(by), people: personNames(people) }),
  "invited-beside": ({ by }) => t("sys.invitedBeside", { by: personName(by) }),
  "not-done": ({ people }) =>
    people.length === 0 ? t("sys.notDone") : t("sys.notAdded", { people: personNames(people) }),
  "founded-without": ({ by, people }) => t("sys.foundedWithout", { by: personName(by), people: personNames(people) }),
  joined: ({ people }) => t("sys.joined", { people: personNames(people) }),
  "asks-in": ({ who }) => t("sys.asksIn", { name: personName(who) }),
  approval: ({ by, isOn }) => t(isOn ? "sys.approvalOn" : "sys.approvalOff", { by: personName(by) }),
  history: ({ by, choice }) => t(`sys.history.${choice}`, { by: personName(by) }),
  dissolved: ({ by }) => t("sys.dissolved", { by: personName(by) }),
  left: ({ who }) => t("sys.left", { name: personName(who) }),
  renamed: ({ by, name }) => t("sys.renamed", { by: personName(by), name }),
  "picture-changed": ({ by }) => t("sys.picture", { by: personName(by) }),
  role: ({ by, role, who }) => t(`sys.${role}`, { by: personName(by), name: personName(who) }),
  "you-were-removed": () => t("sys.youRemoved"),
};

/** “Emily 邀请你和妈妈进群”; people whose name is not known yet are left out. */
function invited({ by, people }: Extract<SystemLine, { kind: "invited" }>): string {
  const others = personNames(people.filter(({ name }) => name !== ""));
  return others === ""
    ? t("sys.invited", { by: personName(by) })
    : t("sys.invitedWith", { by: personName(by), people: others });
}
