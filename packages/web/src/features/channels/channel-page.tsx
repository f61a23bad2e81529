/**
 * The page of a channel, or of one film among its channel's: both are public, and lie behind one kind of address
 * (spots.ts). What was removed stands in its place: by whom, why, and where to object.
 */
import type { ChannelGap, ChannelView } from "@yanshu/client";
import { Ellipsis, EyeOff, PenLine, Pin, PinOff, Trash2, UsersRound } from "lucide";
import { useRef, useState } from "preact/hooks";
import { Domain } from "../../kit/domain.tsx";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { BackButton, TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { Menu, MenuItem } from "../../shell/menu.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { back } from "../../shell/router.ts";
import { api, attempt, succeeds, useNothing, useView } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { Closed } from "./closed.tsx";
import { Edit } from "./edit.tsx";
import { ChannelFace } from "./face.tsx";
import { Gap } from "./gap.tsx";
import { Grid } from "./grid.tsx";
import { authorsPlaceOf, placeOf } from "./spots.ts";
import { Stage } from "./stage.tsx";
import "./channels.css";

/** @param id of a channel or of an entry */
export function HashPage({ id }: { readonly id: string }) {
  // Both are asked for at once: what it is shows by which of them is there.
  const film = useView("channelFilm", id);
  const channel = useView("channel", id);
  const gap = useView("channelGap", id);
  const nothing = [useNothing("channelFilm", id), useNothing("channel", id), useNothing("channelGap", id)];
  const isNothing = nothing.every(Boolean);
  const closed = useView("channelsYouth")?.closed;
  if (closed !== undefined && channel?.isMine !== true)
    return (
      <section class="screen ch-screen" data-testid="channel-page">
        <h1 class="sr">{t("ch.title")}</h1>
        <header class="ch-top">
          <BackButton />
        </header>
        <Closed why={closed} />
      </section>
    );
  if (film !== undefined) return <FilmPage entry={id} channel={film.channel.id} />;
  return (
    <section
      class="screen surface"
      data-testid={isNothing ? "channel-none" : "channel-page"}
      aria-busy={channel === undefined && gap === undefined && !isNothing}
    >
      <TopBar title={gap?.channel.name ?? ""} />
      {gap !== undefined && <Gone gap={gap} />}
      {channel !== undefined && <Inside channel={channel} />}
      {isNothing && <Nothing title={t("ch.notHere")} note={t("ch.notHereNote")} />}
    </section>
  );
}

/** A film, and the others of its channel below it. */
function FilmPage({ entry, channel }: { readonly entry: string; readonly channel: string }) {
  const film = useView("channelFilm", entry);
  const others = useView("channel", channel)?.films ?? [];
  const all = others.some((one) => one.entry === entry) ? others : film === undefined ? [] : [film];
  return (
    <section class="screen ch-screen" data-testid="film-page">
      <h1 class="sr">{film?.channel.name ?? t("ch.title")}</h1>
      <header class="ch-top">
        <BackButton />
        <span class="ch-tabs" />
        {film?.channel.isMine === true && (
          <OwnMenu entry={entry} isPinned={others.some((one) => one.entry === entry && one.isPinned)} />
        )}
      </header>
      {all.length > 0 && <Stage films={all} label={film?.channel.name ?? ""} first={entry} />}
    </section>
  );
}

function OwnMenu({ entry, isPinned }: { readonly entry: string; readonly isPinned: boolean }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const remove = async () => {
    setOpen(false);
    const yes = await confirm({
      title: t("ch.deleteAsk"),
      note: t("ch.deleteNote"),
      action: t("ch.delete"),
      danger: true,
    });
    if (yes && (await succeeds(() => api.deleteEntry(entry)))) back();
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="ib"
        aria-label={t("ch.moreActs")}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="film-menu"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon of={Ellipsis} />
      </button>
      {isOpen && (
        <Menu label={t("ch.moreActs")} anchor={anchor} onClose={() => setOpen(false)}>
          <MenuItem
            icon={isPinned ? PinOff : Pin}
            testId="film-pin"
            onPick={() => {
              setOpen(false);
              void attempt(() => api.pinEntry(entry, !isPinned));
            }}
          >
            {t(isPinned ? "ch.unpin" : "ch.pin")}
          </MenuItem>
          <MenuItem icon={Trash2} danger testId="film-delete" onPick={() => void remove()}>
            {t("ch.delete")}
          </MenuItem>
        </Menu>
      )}
    </>
  );
}

function Inside({ channel }: { readonly channel: ChannelView }) {
  const { id, name, about, films, gaps, isFollowed, isMine, authors, likes, mirrors } = channel;
  const [isEditing, setEditing] = useState(false);
  return (
    <div class="scroll surface">
      <header class="ch-profile">
        <ChannelFace of={channel} size="xl" mayAsk={!isMine} />
        <div>
          <h1 lang={languageOf(name, locale.value)} data-testid="channel-name">
            {name}
          </h1>
          {authors > 1 && <p>{t("ch.authors", { n: authors })}</p>}
        </div>
      </header>
      <div class="ch-about">
        {about !== "" && <p lang={languageOf(about, locale.value)}>{about}</p>}
        <Domain of={channel} />
        <p class="ch-numbers">{t("ch.numbers", { n: films.length, likes })}</p>
        {mirrors.length > 0 && <p class="ch-numbers">{t("ch.keptAt", { homes: mirrors.join(" · ") })}</p>}
      </div>
      {isMine && (
        <div class="ch-profile-acts ch-two">
          <button type="button" class="btn line" data-testid="to-edit" onClick={() => setEditing(true)}>
            <Icon of={PenLine} size="s" />
            {t("ch.edit")}
          </button>
          <Link to={authorsPlaceOf(id)} class="btn line" data-testid="to-authors">
            <Icon of={UsersRound} size="s" />
            {t("ch.authorsAll")}
          </Link>
        </div>
      )}
      {isEditing && <Edit channel={channel} onClose={() => setEditing(false)} />}
      {!isMine && (
        <div class="ch-profile-acts">
          <button
            type="button"
            class={`btn ${isFollowed ? "line" : "fill"}`}
            aria-pressed={isFollowed}
            data-testid="channel-follow"
            onClick={() => void attempt(() => (isFollowed ? api.unfollowChannel(id) : api.followChannel(id)))}
          >
            {t(isFollowed ? "ch.followed" : "ch.follow")}
          </button>
          <p class="ch-note">
            <Icon of={EyeOff} size="xs" />
            <span>{t("ch.followNote")}</span>
          </p>
        </div>
      )}
      {films.length === 0 && gaps.length === 0 && <p class="ch-quiet">{t("ch.noFilms")}</p>}
      <Grid films={films} mayAsk={!isMine} />
      {gaps.length > 0 && (
        <ul class="ch-gaps" aria-label={t("ch.gaps")}>
          {gaps.map((gap) => (
            <Gap key={gap.seq} gap={gap} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** Somebody shared, saved or liked it, and it is not here any more. */
function Gone({ gap }: { readonly gap: ChannelGap }) {
  return (
    <div class="scroll surface">
      <ul class="ch-gaps" aria-label={t("ch.gaps")}>
        <Gap gap={gap} />
      </ul>
      <div class="ch-profile-acts">
        <Link to={placeOf(gap.channel.id)} class="btn soft" data-testid="gap-channel">
          {t("ch.gap.others")}
        </Link>
      </div>
    </div>
  );
}
