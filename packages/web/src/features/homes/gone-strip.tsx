/**
 * A strip over every screen when the server has not responded for an hour and the reserve does (docs/spec/homes.md
 * HM63), where there is no reserve that does (HM78), or another device of the account went to another one (HM70). It
 * goes when the server responds, when this device continues elsewhere, or, for this window, when the person chooses to
 * wait.
 */
import type { StatusView } from "@yanshu/client";
import { HousePlug } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { useView } from "../../shell/session.ts";
import { goOnAt } from "./go-on.ts";
import { HomesSheet } from "./homes.tsx";
import "./homes.css";

export function GoneStrip({ reserve, fromMs, isMoved, isStrange }: NonNullable<StatusView["homeGone"]>) {
  const homes = useView("homes");
  const home = homes?.home;
  const [isLater, setLater] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const [isBusy, run] = useBusy();
  if (isLater || nowMs.value < fromMs) return null;
  const go = async () => {
    if (reserve !== undefined) await goOnAt(reserve, isMoved === true ? home : undefined);
  };
  const titleOf = () => {
    if (isStrange === true) return t("homes.strangeTitle", { server: home ?? "" });
    return isMoved === true ? t("homes.movedTitle", { server: reserve ?? "" }) : t("homes.goneTitle");
  };
  const noteOf = () => {
    if (reserve === undefined) return t(isStrange === true ? "homes.strangeAlone" : "homes.goneAlone");
    if (isStrange === true) return t("homes.strangeNote", { server: reserve });
    return isMoved === true ? t("homes.movedNote") : t("homes.goneNote", { server: reserve });
  };
  return (
    <section class="strip calm home-gone" role="alert" data-testid="home-gone" data-strange={isStrange === true}>
      <Icon of={HousePlug} />
      <div class="grow">
        <b>{titleOf()}</b>
        <p>{noteOf()}</p>
        <div class="home-gone-acts">
          {reserve === undefined ? (
            <button type="button" class="btn fill" data-testid="home-gone-link" onClick={() => setOpen(true)}>
              {t("homes.haveLink")}
            </button>
          ) : (
            <button
              type="button"
              class="btn fill"
              data-testid="home-gone-go"
              disabled={isBusy}
              onClick={() => void run(go)}
            >
              {t(isMoved === true ? "homes.goToo" : "homes.goThere")}
            </button>
          )}
          <button type="button" class="btn plain" data-testid="home-gone-later" onClick={() => setLater(true)}>
            {t("homes.later")}
          </button>
        </div>
      </div>
      {isOpen && homes !== undefined && <HomesSheet homes={homes} onClose={() => setOpen(false)} />}
    </section>
  );
}
