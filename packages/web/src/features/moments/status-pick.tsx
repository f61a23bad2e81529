/**
 * Setting one's status: a mood or activity, a short text, a background picture, a place, and who can see it. It begins
 * with the present status.
 */
import type { MomentStatusView, PictureToSend } from "@yanshu/client";
import { Clock, Image, MapPin, UsersRound, X } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { blobOf, usePictureUrl } from "../../kit/bytes.ts";
import { close, open, type Picked, toSend } from "../../kit/pictures/shrink.ts";
import { chooseFiles } from "../../kit/send-files.ts";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, succeeds, useView } from "../../shell/session.ts";
import { ask } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { Audience, audienceWords } from "./audience.tsx";
import { MoodGlyph, moodWords } from "./mood.tsx";
import { type Mood, moodGroups } from "./moods.ts";
import { tongueOf } from "./words-of.tsx";

/** UTF-16 units. */
const wordsMax = 30;
const placeMax = 200;

type PickProps = { readonly mine: MomentStatusView | undefined; readonly onDone: () => void };

export function StatusPick({ mine, onDone }: PickProps) {
  const contacts = useView("contacts");
  const [icon, setIcon] = useState(mine?.icon);
  const [text, setText] = useState(mine?.text ?? "");
  const [place, setPlace] = useState(mine?.place?.name ?? "");
  const [audience, setAudience] = useState(mine?.mine?.audience ?? { who: "all" as const });
  const [picture, setPicture] = useState<Picked | "as before" | undefined>(mine?.picture && "as before");
  const [isChoosingWho, setChoosingWho] = useState(false);
  const [isSetting, run] = useBusy();
  const before = usePictureUrl(mine?.picture?.file, mine?.picture?.type ?? "", picture === "as before");
  const shown = picture === "as before" ? before : picture?.url;
  useEffect(() => () => void (typeof picture === "object" && close(picture)), [picture]);

  const choose = () =>
    chooseFiles("image/*", ([file]) => {
      if (file === undefined) return;
      void open(file).then((picked) => (picked === undefined ? toast(t("picture.bad")) : setPicture(picked)));
    });
  const where = async () => {
    const name = await ask({
      title: t("moments.placeAsk"),
      label: t("moments.place"),
      value: place,
      action: t("action.done"),
      lengthMax: placeMax,
    });
    if (name !== undefined) setPlace(name.trim());
  };
  const toBeSent = async (): Promise<PictureToSend | undefined> => {
    if (picture === undefined) return undefined;
    if (picture !== "as before") return toSend(picture, false);
    if (mine?.picture === undefined) return undefined;
    const { file, type, ...shape } = mine.picture;
    return { ...shape, type: type as PictureToSend["type"], source: await blobOf(file, type) };
  };
  const done = async () => {
    if (icon === undefined) return;
    const isSet = await succeeds(async () => {
      const sent = await toBeSent();
      await api.setStatus({
        icon,
        text: text.trim(),
        audience,
        ...(sent && { picture: sent }),
        ...(place !== "" && { place: { name: place } }),
      });
    });
    if (isSet) onDone();
  };

  if (isChoosingWho)
    return (
      <Audience
        audience={audience}
        onBack={() => setChoosingWho(false)}
        onDone={(chosen) => {
          setAudience(chosen);
          setChoosingWho(false);
        }}
      />
    );
  const nameOf = (account: string) => contacts?.find((row) => row.account === account)?.name ?? "…";
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
          aria-busy={isSetting}
          data-testid="status-done"
          onClick={() => void run(done)}
        >
          {t("status.done")}
        </button>
      </header>
      <div class="scroll surface mo-moods-page">
        <div class={`mo-now ${shown === undefined ? "" : "pictured"}`}>
          {shown !== undefined && <img class="mo-now-pic" src={shown} alt="" data-testid="status-picture-now" />}
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
      <div class="mo-status-foot surface">
        <div class="chips wrap">
          <button
            type="button"
            class={picture === undefined ? "" : "on"}
            data-testid="status-picture-pick"
            onClick={choose}
          >
            <Icon of={Image} size="s" /> {t(picture === undefined ? "status.picture" : "status.pictureOther")}
          </button>
          {picture !== undefined && (
            <button type="button" data-testid="status-picture-away" onClick={() => setPicture(undefined)}>
              <Icon of={X} size="s" /> {t("status.pictureAway")}
            </button>
          )}
          <button
            type="button"
            class={place === "" ? "" : "on"}
            data-testid="status-where"
            onClick={() => void where()}
          >
            <Icon of={MapPin} size="s" />{" "}
            <span lang={tongueOf(place)}>{place === "" ? t("moments.place") : place}</span>
          </button>
          <button
            type="button"
            class="on"
            aria-label={`${t("moments.who")}${t("moments.colon")}${audienceWords(audience, nameOf)}`}
            data-testid="status-who"
            onClick={() => setChoosingWho(true)}
          >
            <Icon of={UsersRound} size="s" /> {audienceWords(audience, nameOf)}
          </button>
        </div>
        <p class="mo-note">
          <Icon of={Clock} size="xs" />
          {t("status.ends")}
        </p>
      </div>
    </section>
  );
}
