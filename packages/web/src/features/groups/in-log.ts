/** The part of groups in a timeline: a line about a request to join links to the page of requests. */
import { h } from "preact";
import type { InLog } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { Link } from "../../shell/link.tsx";

export const inLog: InLog = {
  behindLine: ({ chat, item: { body }, mayWrite }) =>
    mayWrite && body.kind === "system" && body.line.kind === "asks-in"
      ? h(Link, {
          to: { name: "asking", id: chat },
          class: "again",
          "data-testid": "decide",
          children: t("group.decide"),
        })
      : undefined,
};
