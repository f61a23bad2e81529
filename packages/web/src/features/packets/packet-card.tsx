/** A packet in the log: a red envelope with its seal; a tap opens it. What is inside is loaded apart. */
import type { PacketItem } from "@yanshu/client";
import { useEffect } from "preact/hooks";
import type { BubbleProps } from "../../feature.ts";
import { personName, personNames } from "../../kit/person.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import "./packets.css";

const opened = () => import("./opened.tsx");

export function PacketCard({ chat, item, body, mayWrite }: BubbleProps<"packet">) {
  const isSealed = body.mayTake && mayWrite;
  useEffect(() => {
    if (isSealed) void opened().catch(() => undefined); // Ahead of the tap; without a network the tap asks again.
  }, [isSealed]);
  const wish = body.wish === "" ? t("packet.usualWish") : body.wish;
  return (
    <button
      type="button"
      class={`packet ${isSealed ? "" : "used"}`}
      data-testid="packet"
      data-state={body.mine?.state ?? body.state}
      onClick={() => void opened().then((m) => m.openPacket(chat, item, isSealed))}
    >
      <span class="packet-in">
        <span class={`packet-coin ${isSealed ? "" : "broken"}`} lang="zh" aria-hidden="true">
          {isSealed ? "启" : "福"}
        </span>
        <span class="packet-words">
          <b lang={languageOf(wish, locale.value)}>{wish}</b>
          <small>{standing(body)}</small>
          {body.forWhom !== undefined && (
            <small data-testid="packet-for">{t("packet.for", { names: personNames(body.forWhom) })}</small>
          )}
        </span>
      </span>
      <span class="packet-foot">
        {t("packet.title")} · {t(body.of === "points" ? "packet.isPoints" : "packet.isNote")}
      </span>
    </button>
  );
}

/** How it stands, in few words. */
function standing({ state, mine, lots, shares }: PacketItem): string {
  const best = lots.find(({ isBest }) => isBest);
  if (state === "broken") return t("packet.broken");
  if (mine?.state === "late") return t("packet.late");
  if (mine?.state === "going") return t("packet.going");
  if (best !== undefined) return t("packet.allBest", { name: personName(best.person) });
  if (mine !== undefined) return t("packet.opened");
  if (state === "full") return t("packet.all");
  if (state === "over") return t("packet.over");
  return t("packet.left", { n: shares - lots.length });
}
