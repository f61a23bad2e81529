/** Why a film is shown, with true reasons alone, and what one can do about it: it is ranked on this device. */
import type { ChannelFilmView, ChannelLevel } from "@yanshu/client";
import type { IconNode } from "lucide";
import { EyeOff, Flame, Hash, RefreshCcw, Sprout, TabletSmartphone, UsersRound } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { confirm, Sheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { forgetFilms } from "./film-url.ts";
import { withoutTags } from "./tags.tsx";

const levelWords = ["ch.level.none", "ch.level.fewer", "ch.level.usual", "ch.level.more", "ch.level.most"] as const;
const slidersMax = 3;

type WhySheetProps = {
  readonly film: ChannelFilmView;
  readonly onClose: () => void;
  /** The person does not want such films. */
  readonly onAway: () => void;
};

export function WhySheet({ film, onClose, onAway }: WhySheetProps) {
  const settings = useView("channelsSettings");
  const levels = new Map(settings?.topics.map(({ tag, level }) => [tag, level]));
  return (
    <Sheet title={t("ch.why.title")} testId="why-sheet" onClose={onClose}>
      <h2 class="sheet-title">{t("ch.why.title")}</h2>
      <Reasons film={film} />
      {film.tags.length > 0 && <h3 class="ch-sub">{t("ch.sliders")}</h3>}
      {film.tags.slice(0, slidersMax).map((tag) => (
        <TopicSlider key={tag} tag={tag} level={levels.get(tag) ?? 2} />
      ))}
      <div class="ch-two">
        <button
          type="button"
          class="btn line"
          data-testid="why-less"
          onClick={() => void succeeds(() => api.notInterested(film.entry)).then((done) => done && onAway())}
        >
          <Icon of={EyeOff} size="s" />
          {t("ch.less")}
        </button>
        <button type="button" class="btn line" data-testid="why-reset" onClick={() => void askToForget(onClose)}>
          <Icon of={RefreshCcw} size="s" />
          {t("ch.reset")}
        </button>
      </div>
      <p class="ch-note">
        <Icon of={TabletSmartphone} size="xs" />
        <span>{t("ch.why.foot")}</span>
      </p>
    </Sheet>
  );
}

function Reasons({ film }: { readonly film: ChannelFilmView }) {
  const { why, likedBy } = film;
  const [friend, ...others] = likedBy;
  return (
    <ul class="ch-reasons" data-testid="why-reasons">
      {why.kind === "watched" && (
        <Reason icon={Flame} words={t("ch.why.watchedLong", { title: withoutTags(why.title) })} share={why.share} />
      )}
      {why.kind === "topic" && <Reason icon={Hash} words={t("ch.why.topic", { topic: why.tag })} share={why.share} />}
      {why.kind === "unexplained" && <Reason icon={Sprout} words={t("ch.why.new")} note={t("ch.why.newNote")} />}
      {why.kind === "page" && <Reason icon={Flame} words={t("ch.why.page")} note={t("ch.why.pageNote")} />}
      {friend !== undefined && (
        <li class="ch-reason">
          <span class="ch-reason-icon">
            <Icon of={UsersRound} size="s" />
          </span>
          <p>
            {t("ch.why.friend", { name: friend.name })}
            {others.length > 0 && <small>{t("ch.why.friends", { n: others.length })}</small>}
          </p>
        </li>
      )}
    </ul>
  );
}

type ReasonProps = { readonly icon: IconNode; readonly words: string; readonly note?: string; readonly share?: number };

/** @param share of the film's score, 0 to 1 */
function Reason({ icon, words, note, share }: ReasonProps) {
  const percent = share === undefined ? undefined : Math.round(100 * Math.min(1, Math.max(0, share)));
  return (
    <li class="ch-reason">
      <span class="ch-reason-icon">
        <Icon of={icon} size="s" />
      </span>
      <p>
        {words}
        {(note !== undefined || percent !== undefined) && (
          <small>{percent === undefined ? note : t("ch.why.share", { n: percent })}</small>
        )}
        {percent !== undefined && (
          <span class="ch-bar" aria-hidden="true">
            <span style={{ width: `${percent}%` }} />
          </span>
        )}
      </p>
    </li>
  );
}

export function TopicSlider({ tag, level }: { readonly tag: string; readonly level: ChannelLevel }) {
  return (
    <label class="ch-slider">
      <span class="ell">{tag}</span>
      <input
        type="range"
        min={0}
        max={4}
        step={1}
        value={level}
        style={{ "--share": `${(100 * level) / (levelWords.length - 1)}%` }}
        aria-valuetext={t(levelWords[level])}
        data-testid="topic-slider"
        data-tag={tag}
        onChange={(event) => void attempt(() => api.setTopic(tag, Number(event.currentTarget.value) as ChannelLevel))}
      />
      <small>{t(levelWords[level])}</small>
    </label>
  );
}

/** Asks first, and says what stays. */
export async function askToForget(done?: () => void): Promise<void> {
  const yes = await confirm({
    title: t("ch.reset.title"),
    note: t("ch.reset.note"),
    action: t("ch.reset.go"),
    danger: true,
  });
  if (!yes || !(await succeeds(() => api.forgetTaste()))) return;
  await forgetFilms().catch(() => undefined);
  toast(t("ch.reset.done"));
  done?.();
}
