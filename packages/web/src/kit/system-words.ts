/**
 * System lines in the reader's language: what happened is stored, its words never are. Features say what happened by
 * them (feature.ts `lines`), the core what happened to a conversation itself.
 */
import type { SystemLine } from "@yanshu/client";
import type { Lines } from "../feature.ts";
import { t } from "../locales/i18n.ts";
import { byName } from "../shell/features.ts";
import { personName } from "./person.ts";

const own: Lines = {
  lost: ({ state, count }) => t(state === "asking" ? "msg.lost" : "msg.gone", { n: count }),
  unheard: ({ who }) => t("msg.unheard", { name: personName(who) }),
  fork: () => t("sys.fork"),
  "held-up": () => t("sys.heldUp"),
  recreated: ({ by }) => t("sys.recreated", { by: personName(by) }),
  notice: ({ by, text }) => `${personName(by)} · ${text}`,
};

/** What a person may have to do something about stands as a note, and not as small as what is past (WE314). */
const careKinds: ReadonlySet<SystemLine["kind"]> = new Set(["unheard", "held-up", "fork", "left-out"]);

export const isOfCare = (line: SystemLine): boolean => careKinds.has(line.kind);

type Say = (line: SystemLine) => string;
const sayBy = byName(({ lines }) => lines as { readonly [kind: string]: Say | undefined } | undefined);

export function systemWords(line: SystemLine): string {
  const say = (own[line.kind] as Say | undefined) ?? sayBy(line.kind);
  return say?.(line) ?? "";
}
