/**
 * Status: what one does or feels right now, for a day. Friends' beside one's own, a heart for each, and who feels the
 * same.
 */
import type { MomentStatusView } from "@yanshu/client";
import { Clock, Heart, MessageCircle, UsersRound, X } from "lucide";
import { useState } from "preact/hooks";
import { personNames } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { go } from "../../shell/router.ts";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { hoursLeft } from "./layout.ts";
import { MoodGlyph, moodWords } from "./mood.tsx";
import { type Mood, moodGroups } from "./moods.ts";
import { useMomentsShown } from "./shown.ts";
import { tongueOf, When } from "./words-of.tsx";
import "./moments.css";

/** Characters. */
const wordsMax = 30;

export function Status() {
  const statuses = useView("statuses");
  const [isPicking, setPicking] = useState(false);
  useMomentsShown();
  if (isPicking) return <Pick mine={statuses?.mine} onDone={() => setPicking(false)} />;
  const friends = statuses?.friends ?? [];
  return (
    <section class="screen" data-testid="status">
      <TopBar title={t("moments.status")} />
      <div class="scroll">
        <div class="group">
          {statuses?.mine === undefined ? (
            <div class="mo-status-none">
              <p>{t("status.ends")}</p>
              <button type="button" class="btn fill" data-testid="status-set" onClick={() => setPicking(true)}>
                {t("status.set")}
              </button>
            </div>
          ) : (
            <Mine status={statuses.mine} onChange={() => setPicking(true)} />
          )}
        </div>
        {statuses !== undefined && statuses.same.length > 0 && statuses.mine !== undefined && (
          <>
            <h2 class="sec">{t("status.same")}</h2>
            <div class="group mo-same" data-testid="status-same">
              <span class="mo-faces" aria-hidden="true">
                {statuses.same.slice(0, 5).map((person) => (
                  <Avatar key={person.account} face={person.face} size="sm" />
                ))}
              </span>
              <p>{t("status.sameNames", { names: personNames(statuses.same), mood: moodWords(statuses.mine.icon) })}</p>
            </div>
          </>
        )}
        <h2 class="sec">{t("status.friends")}</h2>
        <div class="group" data-testid="status-friends">
          {friends.length === 0 && <p class="mo-status-none">{t("status.none")}</p>}
          {friends.map((status) => (
            <Theirs key={status.id} status={status} />
          ))}
        </div>
      </div>
    </section>
  );
}

/** Glyph, word and what was written to it. */
function Card({ status }: { readonly status: MomentStatusView }) {
  const left = hoursLeft(status.endsMs, nowMs.value);
  return (
    <span class="mo-card">
      <MoodGlyph of={status.icon} size="xl" />
      <span class="grow">
        <b class="brush" data-testid="status-mood">
          {moodWords(status.icon)}
        </b>
        {status.text !== "" && (
          <span class="mo-card-words" lang={tongueOf(status.text)} data-testid="status-text">
            {status.text}
          </span>
        )}
        <small>{left > 1 ? t("status.left", { n: left }) : t("status.leftSoon")}</small>
      </span>
    </span>
  );
}

function Mine({ status, onChange }: { readonly status: MomentStatusView; readonly onChange: () => void }) {
  return (
    <div class="mo-status" data-testid="status-mine">
      <Card status={status} />
      {status.likes.length > 0 && (
        <p class="mo-likes" data-testid="status-likes">
          <Icon of={Heart} size="xs" solid />
          <span>
            <span class="sr">{t("status.likes", { n: status.likes.length })}: </span>
            {personNames(status.likes)}
          </span>
        </p>
      )}
      <div class="mo-status-acts">
        <button type="button" class="btn soft sm" data-testid="status-change" onClick={onChange}>
          {t("status.change")}
        </button>
        <button
          type="button"
          class="btn plain sm"
          data-testid="status-clear"
          onClick={() => void attempt(() => api.clearStatus())}
        >
          {t("status.clear")}
        </button>
      </div>
    </div>
  );
}

function Theirs({ status }: { readonly status: MomentStatusView }) {
  const { by } = status;
  const write = async () => {
    const conversation = await attempt(() => api.openDirect(by.account));
    if (conversation !== undefined) go({ name: "chat", id: conversation });
  };
  return (
    <article class="mo-status" aria-label={by.name} data-testid="status-friend" data-icon={status.icon}>
      <div class="mo-status-who">
        <Avatar face={by.face} size="sm" />
        <b lang={tongueOf(by.name)}>{by.name}</b>
        <small>
          <When atMs={status.atMs} />
        </small>
      </div>
      <Card status={status} />
      <div class="mo-status-acts">
        <button
          type="button"
          class={`ib ${status.isLikedByMe ? "on" : ""}`}
          aria-pressed={status.isLikedByMe}
          aria-label={t(status.isLikedByMe ? "status.liked" : "status.like", { name: by.name })}
          data-testid="status-like"
          onClick={() => {
            if (!status.isLikedByMe) void attempt(() => api.likeStatus(status.id));
          }}
        >
          <Icon of={Heart} solid={status.isLikedByMe} />
        </button>
        <button
          type="button"
          class="ib"
          aria-label={t("status.write", { name: by.name })}
          data-testid="status-write"
          onClick={() => void write()}
        >
          <Icon of={MessageCircle} />
        </button>
      </div>
    </article>
  );
}

function Pick({ mine, onDone }: { readonly mine: MomentStatusView | undefined; readonly onDone: () => void }) {
  const [icon, setIcon] = useState<string | undefined>(mine?.icon);
  const [text, setText] = useState(mine?.text ?? "");
  const done = async () => {
    if (icon === undefined) return;
    const isSet = await succeeds(() => api.setStatus({ icon, text: text.trim(), audience: { who: "all" } }));
    if (isSet) onDone();
  };
  return (
    <section class="screen surface" data-testid="status-pick">
      <header class="bar surface line">
        <button type="button" class="ib" aria-label={t("action.close")} data-testid="status-close" onClick={onDone}>
          <Icon of={X} />
        </button>
        <div class="mid">
          <h1 class="title">{t("status.title")}</h1>
        </div>
        <button
          type="button"
          class="btn fill sm bar-btn"
          disabled={icon === undefined}
          data-testid="status-done"
          onClick={() => void done()}
        >
          {t("status.done")}
        </button>
      </header>
      <div class="scroll surface mo-moods-page">
        <div class="mo-now">
          {icon !== undefined && <MoodGlyph of={icon} size="xl" />}
          <span class="grow">
            {icon !== undefined && <b class="brush">{moodWords(icon)}</b>}
            <input
              class="field-box"
              aria-label={t("status.words")}
              placeholder={t("status.words")}
              maxLength={wordsMax}
              defaultValue={text}
              data-testid="status-words"
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </span>
        </div>
        <p class="mo-note">
          <Icon of={UsersRound} size="xs" />
          {t("status.who")}
          <Icon of={Clock} size="xs" />
          {t("status.ends")}
        </p>
        {moodGroups.map(({ words, moods }) => (
          <section key={words} aria-label={t(words)}>
            <h2 class="mo-mood-head brush">{t(words)}</h2>
            <div class="mo-moods">
              {moods.map((mood: Mood) => (
                <button
                  key={mood}
                  type="button"
                  class={icon === mood ? "on" : ""}
                  aria-pressed={icon === mood}
                  data-testid={`mood-${mood}`}
                  onClick={() => setIcon(mood)}
                >
                  <MoodGlyph of={mood} />
                  <span>{moodWords(mood)}</span>
                </button>
              ))}
            </div>
          </section>
        ))}
      </div>
    </section>
  );
}
