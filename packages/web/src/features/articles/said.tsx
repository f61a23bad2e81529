/** Comments below an article: public, under names that people chose; what the account withholds is counted (PA8). */
import type { ArticleView } from "@yanshu/client";
import { EyeOff, Flag } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { ask } from "../../shell/sheet.tsx";

const textMax = 500;
const nameMax = 64;
const lookMs = 4_000;

export function Said({ article: { entry, withheld } }: { readonly article: ArticleView }) {
  const view = useView("channelComments", entry);
  const mine = useView("channelsMine");
  const field = useRef<HTMLTextAreaElement>(null);
  const all = view?.comments ?? [];
  const isWaiting = all.some(({ state }) => state !== "here");
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(() => void api.lookAtChannels().catch(() => undefined), lookMs);
    return () => clearInterval(timer);
  }, [isWaiting]);
  const say = async () => {
    const text = field.current?.value.trim() ?? "";
    if (text === "" || mine === undefined) return;
    let pen: { readonly penName: string } | undefined;
    if (mine.channels.length === 0) {
      const penName = await ask({
        title: t("acc.penAsk"),
        label: t("acc.pen"),
        value: "",
        action: t("acc.say"),
        lengthMax: nameMax,
      });
      if (penName === undefined || penName === "") return;
      pen = { penName };
    }
    if ((await succeeds(() => api.commentFilm(entry, text, pen))) && field.current !== null) field.current.value = "";
  };
  return (
    <section class="acc-said" aria-label={t("acc.comments")}>
      <h2>{t("acc.comments")}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void say();
        }}
      >
        <textarea
          ref={field}
          class="field-box"
          rows={2}
          maxLength={textMax}
          aria-label={t("acc.sayHint")}
          placeholder={t("acc.sayHint")}
          data-testid="article-say"
        />
        <button type="submit" class="btn soft" data-testid="article-say-go">
          {t("acc.say")}
        </button>
      </form>
      <ul>
        {all
          .filter(({ isHidden }) => !isHidden || view?.mayHide === true)
          .map(({ entry: one, by, text, isHidden, state }) => (
            <li key={one} data-testid="article-comment" data-state={state}>
              <b>{by.name}</b>
              <p lang={languageOf(text, locale.value)}>{isHidden ? t("acc.hidden") : text}</p>
              {view?.mayHide === true && state === "here" && (
                <button
                  type="button"
                  class="btn plain sm"
                  data-testid="article-hide"
                  onClick={() => void attempt(() => api.hideChannelComment(one, !isHidden))}
                >
                  {t(isHidden ? "acc.show" : "acc.hide")}
                </button>
              )}
            </li>
          ))}
      </ul>
      {view?.removed.map(({ decision: { reason, appeal }, count, mine }) => (
        <p key={`${reason} ${appeal}`} class="acc-note" data-testid="article-comments-removed">
          <Icon of={Flag} size="xs" />
          {t("acc.removed", { n: count })} {mine > 0 && t("acc.removedYours", { n: mine })}{" "}
          {t("acc.reason", { reason, appeal })}
        </p>
      ))}
      {withheld > 0 && (
        <p class="acc-note" data-testid="article-withheld">
          <Icon of={EyeOff} size="xs" />
          {t("acc.withheld", { n: withheld })}
        </p>
      )}
    </section>
  );
}
