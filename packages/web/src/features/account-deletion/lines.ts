/** What the page says before the account is deleted: what goes, and what stays (docs/spec/keeping.md KP1). */
import type { Views } from "@yanshu/client";
import { CircleAlert, CloudOff, HardDrive, type IconNode, MessageCircle, Smartphone, UsersRound } from "lucide";
import type { MessageId } from "../../locales/i18n.ts";

type Line = readonly [IconNode, MessageId];

const goes: readonly Line[] = [
  [CloudOff, "delete.goes1"],
  [Smartphone, "delete.goes2"],
  [UsersRound, "delete.goes3"],
  [MessageCircle, "delete.stays"],
];

/** @param homes undefined until they are known. */
export function linesOf(homes: Views["homes"]["value"] | undefined): readonly Line[] {
  const stays: readonly Line[] = homes?.reserve?.isOutOfReach === true ? [[HardDrive, "delete.reserve"]] : [];
  return [...goes, ...stays, [CircleAlert, "delete.noWayBack"]];
}
