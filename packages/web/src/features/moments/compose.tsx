/**
 * A new post: text, pictures in an order that can be changed or one video, place, mentions, and, always in sight, who
 * can see it. The draft is kept until it is posted or discarded.
 */
import {
  ArrowLeft,
  ArrowRight,
  AtSign,
  CloudDownload,
  Link as LinkIcon,
  MapPin,
  MapPinOff,
  Pencil,
  Plus,
  Trash2,
  UsersRound,
  X,
} from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { firstLink, foundInHtml, hostOf } from "../../kit/links/found.ts";
import { Picker } from "../../kit/picker.tsx";
import { Doodle } from "../../kit/pictures/doodle.tsx";
import type { Picked } from "../../kit/pictures/shrink.ts";
import { chooseFiles } from "../../kit/send-files.ts";
import { lengthWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { Menu, MenuItem } from "../../shell/menu.tsx";
import { back, route } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { ask, Sheet } from "../../shell/sheet.tsx";
import { Audience, audienceWords } from "./audience.tsx";
import {
  addFiles,
  change,
  countAway,
  type Draft,
  draft,
  exchange,
  isBlank,
  isHere,
  isReading,
  leaveDraft,
  leaveOutAway,
  loaded,
  picturesMax,
  takeOut,
  takeOutFilm,
  throwAway,
  toPost,
} from "./draft.ts";
import { moved } from "./layout.ts";
import "../../styles/media.css";
import "./moments.css";

const mentionsMax = 10;
const textMax = 4_000;
const placeMax = 200;
const titleMax = 200;

export function Compose() {
  const now = draft.value;
  const contacts = useView("contacts");
  const [open, setOpen] = useState<"audience" | "mentions" | "leave" | undefined>(undefined);
  const [isPosting, run] = useBusy();
  useEffect(() => void loaded(), []);
  const nameOf = (account: string) => contacts?.find((row) => row.account === account)?.name ?? "…";
  const leave = () => (isBlank(now) ? back() : setOpen("leave"));
  const post = async () => {
    if (isBlank(now) || isReading.peek() || countAway() > 0) return;
    const { link } = now;
    const isLinked = link !== undefined && !link.isAway && link.title.trim() !== "" && firstLink(now.text) === link.url;
    const id = await attempt(async () => api.postMoment(await toPost(now, isLinked)));
    if (id === undefined) return;
    throwAway();
    if (route.peek().name === "moments-new") back(); // Only if the person is still on this page.
  };
  if (open === "audience")
    return (
      <Audience
        audience={now.audience}
        onBack={() => setOpen(undefined)}
        onDone={(audience) => {
          change({ audience });
          setOpen(undefined);
        }}
      />
    );
  if (open === "mentions")
    return (
      <Picker
        title={t("moments.remind")}
        contacts={contacts}
        first={now.mentions}
        atMost={mentionsMax}
        mayBeNobody
        onCancel={() => setOpen(undefined)}
        onDone={async (mentions) => {
          change({ mentions });
          setOpen(undefined);
        }}
      />
    );
  const place = async () => {
    const name = await ask({
      title: t("moments.placeAsk"),
      label: t("moments.place"),
      value: now.place,
      action: t("action.done"),
      lengthMax: placeMax,
    });
    if (name !== undefined) change({ place: name });
  };
  return (
    <section class="screen surface" data-testid="compose-moment">
      <header class="bar surface">
        <button type="button" class="tb mo-cancel" data-testid="compose-cancel" onClick={leave}>
          {t("action.cancel")}
        </button>
        <div class="mid">
          <h1 class="title">{t("moments.compose")}</h1>
        </div>
        <button
          type="button"
          class="btn fill sm bar-btn"
          disabled={isBlank(now) || isReading.value || countAway() > 0}
          aria-busy={isPosting}
          data-testid="compose-post"
          onClick={() => void run(post)}
        >
          {t("moments.post")}
        </button>
      </header>
      <div class="scroll surface">
        <textarea
          class="mo-words"
          rows={4}
          aria-label={t("moments.text")}
          placeholder={t("moments.text")}
          maxLength={textMax}
          value={now.text}
          disabled={!isHere.value}
          data-testid="compose-text"
          onInput={(event) => change({ text: event.currentTarget.value })}
          onPaste={(event) => {
            const [html, plain] = ["text/html", "text/plain"].map((type) => event.clipboardData?.getData(type) ?? "");
            const found = html === "" ? undefined : foundInHtml(html ?? "", plain ?? "");
            if (found !== undefined) change({ link: { url: found.url, title: found.title, isAway: false } });
            const files = [...(event.clipboardData?.files ?? [])];
            if (files.length === 0) return;
            event.preventDefault();
            void addFiles(files);
          }}
        />
        <LinkRow now={now} />
        {now.film === undefined ? <Chosen pictures={now.pictures} /> : <ChosenFilm film={now.film} />}
        {countAway() > 0 && (
          <p class="mo-note" role="status" data-testid="compose-away">
            <Icon of={CloudDownload} size="xs" />
            <span>{t("moments.draftAway", { n: countAway() })}</span>
            <button type="button" class="btn soft sm" data-testid="compose-fetch" onClick={() => void loaded()}>
              {t("moments.draftFetch")}
            </button>
            <button type="button" class="btn plain sm" data-testid="compose-without" onClick={leaveOutAway}>
              {t("moments.draftWithout")}
            </button>
          </p>
        )}
        {now.pictures.length > 0 && (
          <p class="mo-note">
            <Icon of={MapPinOff} size="xs" />
            <span>{t("moments.gps")}</span>
          </p>
        )}
        <div class="group mo-rows">
          <SettingButton
            icon={MapPin}
            label={t("moments.place")}
            value={now.place === "" ? t("moments.placeNone") : now.place}
            testId="compose-place"
            onClick={() => void place()}
          />
          <SettingButton
            icon={AtSign}
            label={t("moments.remind")}
            note={t("moments.remindMost", { n: mentionsMax })}
            value={now.mentions.length === 0 ? t("moments.remindNone") : now.mentions.map(nameOf).join(t("person.and"))}
            testId="compose-mentions"
            onClick={() => setOpen("mentions")}
          />
          <SettingButton
            icon={UsersRound}
            label={t("moments.who")}
            value={<b class="mo-who">{audienceWords(now.audience, nameOf)}</b>}
            testId="compose-who"
            onClick={() => setOpen("audience")}
          />
        </div>
      </div>
      {open === "leave" && <LeaveSheet onClose={() => setOpen(undefined)} />}
    </section>
  );
}

function LeaveSheet({ onClose }: { readonly onClose: () => void }) {
  const [isKeeping, setKeeping] = useState(false);
  const keep = () => {
    setKeeping(true);
    void leaveDraft().then(back);
  };
  return (
    <Sheet title={t("moments.draftKeep")} onClose={onClose} testId="compose-leave">
      <h2 class="sheet-title">{t("moments.draftKeep")}</h2>
      <div class="sheet-acts">
        <button type="button" class="btn fill" aria-busy={isKeeping} data-testid="draft-keep" onClick={keep}>
          {t("moments.draftYes")}
        </button>
        <button
          type="button"
          class="btn danger"
          data-testid="draft-drop"
          onClick={() => {
            throwAway();
            back();
          }}
        >
          {t("moments.draftNo")}
        </button>
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.cancel")}
        </button>
      </div>
    </Sheet>
  );
}

/** The preview of the text's first link: its title is typed or was pasted along. The link is not fetched. */
function LinkRow({ now }: { readonly now: Draft }) {
  const url = firstLink(now.text);
  if (url === undefined) return null;
  const held = now.link?.url === url ? now.link : undefined;
  if (held?.isAway === true) return null;
  return (
    <div class="mo-link-row" data-testid="compose-link">
      <Icon of={LinkIcon} size="s" />
      <span class="grow">
        <input
          class="field-box"
          aria-label={t("moments.linkTitle")}
          placeholder={t("moments.linkTitle")}
          maxLength={titleMax}
          value={held?.title ?? ""}
          data-testid="compose-link-title"
          onInput={(event) => change({ link: { url, title: event.currentTarget.value, isAway: false } })}
        />
        <small class="ell">{hostOf(url)}</small>
      </span>
      <button
        type="button"
        class="ib"
        aria-label={t("moments.linkNone")}
        onClick={() => change({ link: { url, title: "", isAway: true } })}
      >
        <Icon of={X} size="s" />
      </button>
    </div>
  );
}

function Chosen({ pictures }: { readonly pictures: readonly Picked[] }) {
  return (
    <ul class="mo-chosen" data-testid="compose-pictures" data-count={pictures.length}>
      {pictures.map((one, place) => (
        <li key={one.id}>
          <ChosenPicture one={one} place={place} pictures={pictures} />
        </li>
      ))}
      {pictures.length < picturesMax && (
        <li>
          <button
            type="button"
            class="mo-add"
            aria-label={t("moments.addPictures")}
            aria-busy={isReading.value}
            data-testid="compose-add"
            onClick={() =>
              chooseFiles(pictures.length === 0 ? "image/*,video/*" : "image/*", (files) => void addFiles(files))
            }
          >
            <Icon of={Plus} size="l" />
          </button>
        </li>
      )}
    </ul>
  );
}

function ChosenPicture({ one, place, pictures }: { one: Picked; place: number; pictures: readonly Picked[] }) {
  const [isOpen, setOpen] = useState(false);
  const [isDrawing, setDrawing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const put = (to: number) => () => {
    setOpen(false);
    change({ pictures: moved(pictures, place, to) });
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="mo-chosen-one"
        aria-label={t("moments.pictureAct", { n: place + 1 })}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="compose-picture"
        draggable
        onDragStart={(event) => event.dataTransfer?.setData("text/plain", `${place}`)}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          const from = Number(event.dataTransfer?.getData("text/plain"));
          if (Number.isInteger(from)) change({ pictures: moved(pictures, from, place) });
        }}
        onClick={() => setOpen(true)}
      >
        <img src={one.url} alt="" />
      </button>
      {isOpen && (
        <Menu label={t("moments.picture", { n: place + 1 })} anchor={button} onClose={() => setOpen(false)}>
          {place > 0 && (
            <MenuItem icon={ArrowLeft} testId="picture-earlier" onPick={put(place - 1)}>
              {t("moments.earlier")}
            </MenuItem>
          )}
          {place < pictures.length - 1 && (
            <MenuItem icon={ArrowRight} testId="picture-later" onPick={put(place + 1)}>
              {t("moments.later")}
            </MenuItem>
          )}
          <MenuItem
            icon={Pencil}
            testId="picture-draw"
            onPick={() => {
              setOpen(false);
              setDrawing(true);
            }}
          >
            {t("photo.draw")}
          </MenuItem>
          <MenuItem
            icon={Trash2}
            danger
            testId="picture-out"
            onPick={() => {
              setOpen(false);
              takeOut(place);
            }}
          >
            {t("moments.takeOut")}
          </MenuItem>
        </Menu>
      )}
      {isDrawing && (
        <Doodle
          picture={one}
          onDone={(changed) => {
            setDrawing(false);
            if (changed !== undefined) exchange(one, changed);
          }}
        />
      )}
    </>
  );
}

function ChosenFilm({ film }: { readonly film: NonNullable<Draft["film"]> }) {
  return (
    <div class="mo-chosen-film" data-testid="compose-film">
      {/* biome-ignore lint/a11y/useMediaCaption: what people film has no captions. */}
      <video
        src={film.url}
        controls
        playsInline
        aria-label={t("moments.videoOf", { length: lengthWords(film.made.ms) })}
      />
      <button type="button" class="btn soft" data-testid="film-out" onClick={takeOutFilm}>
        <Icon of={X} size="s" />
        {t("moments.takeOut")}
      </button>
    </div>
  );
}
