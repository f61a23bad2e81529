/** What I kept: copies, so that they stay when the original is recalled. */
import { Copy, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { languageOf } from "../../kit/text.ts";
import { listTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { nowMs } from "../../shell/now.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { isMeant } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { RecordWords } from "./record-sheet.tsx";
import "../../styles/actions.css";
import "./favourites.css";
import "../../styles/chat.css";

export function Favourites() {
  const all = useView("favourites");
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const shown = (all ?? []).filter(
    ({ name, body }) =>
      wanted === "" ||
      name.toLowerCase().includes(wanted) ||
      (body.kind === "text" && body.text.toLowerCase().includes(wanted)) ||
      (body.kind === "sticker" && body.name.toLowerCase().includes(wanted)),
  );
  return (
    <section class="screen" data-testid="favourites">
      <TopBar title={t("me.favourites")} />
      <div class="scroll">
        {all !== undefined && all.length > 0 && (
          <input
            type="search"
            class="field-box favourites-search"
            aria-label={t("favourites.find")}
            placeholder={t("favourites.find")}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        )}
        {all?.length === 0 && <Nothing title={t("favourites.empty")} note={t("favourites.hint")} />}
        <ul class="favourites">
          {shown.map(({ id, name, atMs, body }) => (
            <li key={id} class="group" data-testid="favourite">
              <RecordWords body={body} />
              <div class="favourite-foot">
                <small class="ell" lang={languageOf(name, locale.value)}>
                  {name} · {listTime(atMs, nowMs.value, locale.value, words)}
                </small>
                {body.kind === "text" && (
                  <button
                    type="button"
                    class="ib"
                    aria-label={t("msg.copy")}
                    onClick={() => void navigator.clipboard.writeText(body.text).then(() => toast(t("msg.copied")))}
                  >
                    <Icon of={Copy} size="s" />
                  </button>
                )}
                <button
                  type="button"
                  class="ib danger"
                  aria-label={t("favourites.drop")}
                  data-testid="favourite-drop"
                  onClick={() => void drop(id)}
                >
                  <Icon of={Trash2} size="s" />
                </button>
              </div>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

async function drop(id: string): Promise<void> {
  if (await isMeant(t("favourites.drop"))) await attempt(() => api.dropFavourite(id));
}
