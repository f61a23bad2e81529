/**
 * Publishing: picked or recorded, cut, with a cover and captions, then its words, and it goes. Before it goes one line
 * says that it is public.
 */
import {
  ClosedCaption as CaptionsIcon,
  Earth,
  Film,
  GalleryHorizontalEnd,
  Hash,
  Plus,
  TabletSmartphone,
  Video,
} from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { toSend } from "../../kit/pictures/shrink.ts";
import { chooseFiles } from "../../kit/send-files.ts";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { ask, confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { cuesIn, spread, vttOf } from "./captions.ts";
import { keepMade } from "./film-url.ts";
import { nameMax, picturesMax, titleMax } from "./limits.ts";
import { change, type Draft, draft, take, throwAway } from "./publish-draft.ts";
import { spots } from "./spots.ts";
import { Trim } from "./trim.tsx";

const faults = { "too-short": "ch.tooShort", unreadable: "ch.unreadable" } as const;

export function Publish() {
  const now = draft.value;
  const [step, setStep] = useState<"trim" | "words">("trim");
  const [isReading, setReading] = useState(false);
  const pick = (accept: string, capture?: "environment") =>
    chooseFiles(
      accept,
      (files) => {
        if (files.length === 0) return;
        setReading(true);
        void take(files).then((fault) => {
          setReading(false);
          setStep("trim");
          if (fault !== undefined) toast(t(faults[fault]));
        });
      },
      capture,
    );
  if (now?.kind === "film" && step === "trim")
    return <Trim draft={now} onNext={() => setStep("words")} onAway={() => void leave()} />;
  if (now !== undefined)
    return <Words draft={now} onBack={() => (now.kind === "film" ? setStep("trim") : void leave())} />;
  return (
    <section class="screen surface" data-testid="publish-pick">
      <TopBar title={t("ch.publish")} />
      <div class="scroll ch-pick">
        <button type="button" class="ch-big" data-testid="pick-record" onClick={() => pick("video/*", "environment")}>
          <Icon of={Video} />
          <b>{t("ch.record")}</b>
          <small>{t("ch.recordNote")}</small>
        </button>
        <button
          type="button"
          class="ch-big"
          data-testid="pick-film"
          aria-busy={isReading}
          onClick={() => pick("video/*")}
        >
          <Icon of={Film} />
          <b>{t("ch.pickFilm")}</b>
          <small>{t("ch.pickFilmNote")}</small>
        </button>
        <button
          type="button"
          class="ch-big"
          data-testid="pick-pictures"
          onClick={() => pick("image/jpeg,image/png,image/webp,image/avif,image/heic")}
        >
          <Icon of={GalleryHorizontalEnd} />
          <b>{t("ch.pickPictures")}</b>
          <small>{t("ch.pickPicturesNote", { n: picturesMax })}</small>
        </button>
        <Public />
      </div>
    </section>
  );
}

async function leave(): Promise<void> {
  if (!(await confirm({ title: t("ch.throwAway"), action: t("ch.throwAwayYes"), danger: true }))) return;
  throwAway();
}

function Public() {
  return (
    <p class="ch-note" data-testid="publish-public">
      <Icon of={Earth} size="xs" />
      <span>{t("ch.public")}</span>
    </p>
  );
}

function Words({ draft: now, onBack }: { readonly draft: Draft; readonly onBack: () => void }) {
  const mine = useView("channelsMine");
  const [channel, setChannel] = useState<string | undefined>(undefined);
  const [share, setShare] = useState<number | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  const [isMaking, setMaking] = useState(false);
  const giveUp = useRef(new AbortController());
  useEffect(() => () => giveUp.current.abort(), []);
  // One that was made just now may not be among them yet.
  const chosen = channel ?? mine?.channels[0]?.id;

  const addTag = () => {
    const element = field.current;
    if (element === null) return;
    const { value } = element;
    change({ title: `${value}${value === "" || value.endsWith(" ") ? "" : " "}#` });
    element.focus();
  };
  const newChannel = async (): Promise<string | undefined> => {
    const name = await ask({
      title: t("ch.newAsk"),
      label: t("ch.newName"),
      value: "",
      action: t("ch.newYes"),
      lengthMax: nameMax,
    });
    if (name === undefined || name === "") return undefined;
    // Until it is there nothing is published: it would go to the channel of before.
    setMaking(true);
    const made = await attempt(() => api.createChannel({ name })).finally(() => setMaking(false));
    if (made !== undefined) setChannel(made);
    return made;
  };
  const publish = async () => {
    if (share !== undefined || mine === undefined) return;
    const to = chosen ?? (await newChannel());
    if (to === undefined) return;
    setShare(0);
    try {
      if (await send(to, now, setShare, giveUp.current.signal)) {
        throwAway();
        go(spots.mine, "replace");
      }
    } catch {
      if (!giveUp.current.signal.aborted) toast(t("ch.notMade"));
    } finally {
      setShare(undefined);
    }
  };
  const captionCount = now.kind === "film" ? cuesOf(now.captions, now.cut.toMs - now.cut.fromMs).length : 0;
  return (
    <section class="screen surface" data-testid="publish-words">
      <TopBar title={t("ch.publish")} onBack={onBack} />
      <div class="scroll surface">
        <div class="ch-words">
          <textarea
            ref={field}
            rows={4}
            aria-label={t("ch.titleHint")}
            placeholder={t("ch.titleHint")}
            maxLength={titleMax}
            value={now.title}
            data-testid="publish-title"
            onInput={(event) => change({ title: event.currentTarget.value })}
          />
          <Cover draft={now} onBack={onBack} />
        </div>
        <div class="ch-chips">
          <button type="button" class="ch-chip" data-testid="publish-tag" onClick={addTag}>
            <Icon of={Hash} size="xs" />
            {t("ch.tag")}
          </button>
          {now.kind === "film" && (
            <button type="button" class="ch-chip" onClick={onBack}>
              <Icon of={CaptionsIcon} size="xs" />
              {captionCount === 0 ? t("ch.noCaptions") : t("ch.captionLines", { n: captionCount })}
            </button>
          )}
        </div>
        {mine !== undefined && (
          <fieldset class="ch-choose" data-testid="publish-channel">
            <legend>{t("ch.onChannel")}</legend>
            {mine.channels.map(({ id, name }) => (
              <label key={id} class="check">
                <input type="radio" name="channel" checked={id === chosen} onChange={() => setChannel(id)} />
                <span class="ell">{name}</span>
              </label>
            ))}
            <button
              type="button"
              class="btn plain ch-new"
              data-testid="publish-new-channel"
              onClick={() => void newChannel()}
            >
              <Icon of={Plus} size="s" />
              {t("ch.newChannel")}
            </button>
          </fieldset>
        )}
        <Public />
        {now.kind === "film" && (
          <p class="ch-note">
            <Icon of={TabletSmartphone} size="xs" />
            <span>{t("ch.madeHere")}</span>
          </p>
        )}
        {mine?.mayPublish === false && (
          <p class="ch-note" role="status" data-testid="publish-closed">
            <span>{t("ch.closed")}</span>
          </p>
        )}
      </div>
      <footer class="ch-send">
        <button
          type="button"
          class="btn fill"
          aria-busy={share !== undefined || isMaking}
          disabled={mine === undefined || mine.mayPublish === false || isMaking}
          data-testid="publish-go"
          onClick={() => void publish()}
        >
          {share === undefined ? t("ch.go") : t("ch.making", { n: Math.round(100 * share) })}
        </button>
      </footer>
    </section>
  );
}

function Cover({ draft: now, onBack }: { readonly draft: Draft; readonly onBack: () => void }) {
  if (now.kind === "pictures")
    return (
      <span class="ch-cover">
        <img src={now.pictures[0]?.url} alt="" />
        <em>{t("ch.pictures", { n: now.pictures.length })}</em>
      </span>
    );
  return (
    <button type="button" class="ch-cover" aria-label={t("ch.coverOther")} onClick={onBack}>
      <CoverFrame draft={now} />
      <em>{t("ch.coverOther")}</em>
    </button>
  );
}

function CoverFrame({ draft: now }: { readonly draft: Extract<Draft, { kind: "film" }> }) {
  return (
    <video
      muted
      playsInline
      preload="auto"
      src={`${now.url}#t=${now.cut.coverMs / 1_000}`}
      aria-hidden="true"
      tabIndex={-1}
    />
  );
}

/** A file of captions as it is, or lines that were typed, spread over the film. */
const cuesOf = (text: string, durationMs: number) => {
  const found = cuesIn(text);
  return found.length > 0 ? found : spread(text, durationMs);
};

/** Returns whether the device has it now; what goes to home follows by itself. */
async function send(channel: string, now: Draft, told: (share: number) => void, signal: AbortSignal): Promise<boolean> {
  const title = now.title.trim();
  if (now.kind === "pictures") {
    const made = await Promise.all(now.pictures.map((one) => toSend(one, false)));
    const pictures = made.map(({ source, type, width, height }) => ({
      source,
      mime: type === "image/jpeg" ? ("image/jpeg" as const) : ("image/webp" as const),
      width,
      height,
    }));
    const thumbhash = made[0]?.placeholder ?? new Uint8Array();
    for (const { source } of made) void keepMade(source);
    return (await attempt(() => api.publishPictures(channel, { title, pictures, thumbhash }))) !== undefined;
  }
  const { makeFilm } = await import("./studio.ts");
  const { poster, thumbhash, ...film } = await makeFilm(now.opened.file, now.cut, told, signal);
  const cues = cuesOf(now.captions, film.durationMs);
  void keepMade(poster.source);
  const said = cues.length === 0 ? {} : { captions: vttOf(cues) };
  return (await attempt(() => api.publishFilm(channel, { title, film, poster, thumbhash, ...said }))) !== undefined;
}
