/**
 * Status: what a person does or feels now; it ends after a day. The page shows one's own and the friends' statuses, a
 * like button for each, and friends with the same mood.
 */
import type { MomentStatusView } from "@yanshu/client";
import { Heart, MapPin, MessageCircle, UsersRound } from "lucide";
import { useState } from "preact/hooks";
import { personNames } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { elder } from "../../shell/prefs.ts";
import { go } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { hoursLeft } from "./layout.ts";
import { MoodGlyph, moodWords } from "./mood.tsx";
import { openPictures, Picture } from "./pictures.tsx";
import { useMomentsShown } from "./shown.ts";
import { StatusPick } from "./status-pick.tsx";
import { Unsent } from "./unsent.tsx";
import { tongueOf, When } from "./words-of.tsx";
import "./moments.css";

export function Status() {
  const statuses = useView("statuses");
  const [isPicking, setPicking] = useState(false);
  useMomentsShown();
  if (isPicking) return <StatusPick mine={statuses?.mine} onDone={() => setPicking(false)} />;
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

/** Icon, name and text of a status, over its picture, if any; a tap opens the picture. */
function Card({ status }: { readonly status: MomentStatusView }) {
  const { icon, text, picture, place } = status;
  const left = hoursLeft(status.endsMs, nowMs.value);
  const words = (
    <>
      <MoodGlyph of={icon} size="xl" />
      <span class="grow">
        <b class="brush" data-testid="status-mood">
          {moodWords(icon)}
        </b>
        {text !== "" && (
          <span class="mo-card-words" lang={tongueOf(text)} data-testid="status-text">
            {text}
          </span>
        )}
        {place !== undefined && (
          <span class="mo-card-place" lang={tongueOf(place.name)} data-testid="status-place">
            <Icon of={MapPin} size="xs" />
            {place.name}
          </span>
        )}
        <small>{left > 1 ? t("status.left", { n: left }) : t("status.leftSoon")}</small>
      </span>
    </>
  );
  if (picture === undefined) return <span class="mo-card">{words}</span>;
  return (
    <button
      type="button"
      class="mo-card pictured"
      title={t("status.pictureLook")}
      data-testid="status-picture"
      onClick={() => void openPictures({ ...status, author: status.by, pictures: [picture] }, 0)}
    >
      <Picture picture={picture} />
      {words}
    </button>
  );
}

function Mine({ status, onChange }: { readonly status: MomentStatusView; readonly onChange: () => void }) {
  const { mine } = status;
  return (
    <div class="mo-status" data-testid="status-mine">
      <Card status={status} />
      <p class="mo-status-who-sees">
        {mine !== undefined && mine.state !== "sent" && <Unsent id={status.id} state={mine.state} />}
        {mine !== undefined && mine.state === "sent" && (
          <span class="mo-post-mark" data-testid="status-sees">
            <Icon of={UsersRound} size="xs" />
            {mine.audience.who === "me" ? t("aud.me") : t("status.mineWho", { n: mine.count })}
          </span>
        )}
      </p>
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
      {elder.value ? <BigActs status={status} onWrite={write} /> : <Acts status={status} onWrite={write} />}
    </article>
  );
}

type ActsProps = { readonly status: MomentStatusView; readonly onWrite: () => Promise<void> };

const like = ({ id, isLikedByMe }: MomentStatusView) => {
  if (!isLikedByMe) void attempt(() => api.likeStatus(id));
};

/** In elder mode: the same two buttons, with labels. */
function BigActs({ status, onWrite }: ActsProps) {
  const { isLikedByMe } = status;
  return (
    <div class="mo-post-big">
      <button
        type="button"
        class={`btn soft ${isLikedByMe ? "on" : ""}`}
        aria-pressed={isLikedByMe}
        data-testid="status-like"
        onClick={() => like(status)}
      >
        <Icon of={Heart} solid={isLikedByMe} />
        {t(isLikedByMe ? "status.hearted" : "status.heart")}
      </button>
      <button type="button" class="btn soft" data-testid="status-write" onClick={() => void onWrite()}>
        <Icon of={MessageCircle} />
        {t("status.letter")}
      </button>
    </div>
  );
}

function Acts({ status, onWrite }: ActsProps) {
  const { by, isLikedByMe } = status;
  return (
    <div class="mo-status-acts">
      <button
        type="button"
        class={`ib ${isLikedByMe ? "on" : ""}`}
        aria-pressed={isLikedByMe}
        aria-label={t(isLikedByMe ? "status.liked" : "status.like", { name: by.name })}
        data-testid="status-like"
        onClick={() => like(status)}
      >
        <Icon of={Heart} solid={isLikedByMe} />
      </button>
      <button
        type="button"
        class="ib"
        aria-label={t("status.write", { name: by.name })}
        data-testid="status-write"
        onClick={() => void onWrite()}
      >
        <Icon of={MessageCircle} />
      </button>
    </div>
  );
}
