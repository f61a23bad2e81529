/**
 * The preview before pictures are sent: they can be reordered, drawn on, left out, get a caption, and be sent as
 * originals. Nothing leaves the device before the tap on send.
 */
import { ArrowLeft, ArrowRight, Check, Pencil, Trash2, X } from "lucide";
import { useState } from "preact/hooks";
import "../../styles/media.css";
import { Over, putUp } from "../../kit/over.tsx";
import { Doodle } from "../../kit/pictures/doodle.tsx";
import { close, type Picked, toSend } from "../../kit/pictures/shrink.ts";
import { sizeWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { Goose } from "../../shell/mark.tsx";
import { api, attempt } from "../../shell/session.ts";
import "./photos.css";

export function preview(chat: string, pictures: readonly Picked[]): void {
  putUp((done) => <Preview chat={chat} first={pictures} onDone={done} />);
}

type PreviewProps = { readonly chat: string; readonly first: readonly Picked[]; readonly onDone: () => void };

function Preview({ chat, first, onDone }: PreviewProps) {
  const [pictures, setPictures] = useState(first);
  const [at, setAt] = useState(0);
  const [caption, setCaption] = useState("");
  const [asOriginal, setAsOriginal] = useState(false);
  const [isDrawing, setDrawing] = useState(false);
  const [isSending, run] = useBusy();
  const shown = pictures[Math.min(at, pictures.length - 1)];
  const leave = () => {
    for (const one of pictures) close(one);
    onDone();
  };
  if (shown === undefined) return null;

  const move = (by: number) => {
    const to = at + by;
    if (to < 0 || to >= pictures.length) return;
    const next = [...pictures];
    [next[at], next[to]] = [next[to] as Picked, next[at] as Picked];
    setPictures(next);
    setAt(to);
  };
  const drop = () => {
    close(shown);
    const next = pictures.filter((one) => one !== shown);
    if (next.length === 0) return onDone();
    setPictures(next);
    setAt(Math.min(at, next.length - 1));
  };
  const send = async () => {
    const ready = await Promise.all(pictures.map((one) => toSend(one, asOriginal)));
    const sent = await attempt(() => api.sendPhotos(chat, { pictures: ready, caption }));
    if (sent !== undefined) leave();
  };
  if (isDrawing)
    return (
      <Doodle
        picture={shown}
        onDone={(changed) => {
          setDrawing(false);
          if (changed === undefined) return;
          close(shown);
          setPictures(pictures.map((one) => (one === shown ? changed : one)));
        }}
      />
    );
  const bytes = pictures.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <Over label={t("photo.preview")} kind="dark preview" testId="photo-preview" onClose={leave}>
      <header class="over-bar">
        <button type="button" class="ib" aria-label={t("action.cancel")} data-testid="preview-close" onClick={leave}>
          <Icon of={X} />
        </button>
        <span class="over-title num">
          {Math.min(at + 1, pictures.length)} / {pictures.length}
        </span>
        <button type="button" class="ib" aria-label={t("photo.remove")} data-testid="preview-remove" onClick={drop}>
          <Icon of={Trash2} />
        </button>
      </header>
      <div class="over-stage">
        <img src={shown.url} alt={t("photo.nth", { n: at + 1 })} data-testid="preview-shown" />
      </div>
      <ul class="reel" aria-label={t("photo.order")}>
        {pictures.map((one, place) => (
          <li key={one.id}>
            <button
              type="button"
              class={place === at ? "on" : ""}
              aria-label={t("photo.nth", { n: place + 1 })}
              aria-current={place === at}
              data-testid="preview-thumb"
              onClick={() => setAt(place)}
            >
              <img src={one.url} alt="" />
            </button>
          </li>
        ))}
      </ul>
      <div class="over-tools">
        <button type="button" class="ib" aria-label={t("photo.earlier")} disabled={at === 0} onClick={() => move(-1)}>
          <Icon of={ArrowLeft} />
        </button>
        <button
          type="button"
          class="ib"
          aria-label={t("photo.later")}
          data-testid="preview-later"
          disabled={at === pictures.length - 1}
          onClick={() => move(1)}
        >
          <Icon of={ArrowRight} />
        </button>
        <button type="button" class="over-pill" data-testid="preview-draw" onClick={() => setDrawing(true)}>
          <Icon of={Pencil} size="s" />
          {t("photo.draw")}
        </button>
        <button
          type="button"
          class={`over-pill ${asOriginal ? "on" : ""}`}
          aria-pressed={asOriginal}
          data-testid="preview-original"
          onClick={() => setAsOriginal(!asOriginal)}
        >
          <span class="tick" aria-hidden="true">
            {asOriginal && <Icon of={Check} size="xs" />}
          </span>
          {t("photo.asOriginal", { size: sizeWords(bytes) })}
        </button>
      </div>
      <form
        class="over-send"
        onSubmit={(event) => {
          event.preventDefault();
          void run(send);
        }}
      >
        <input
          class="box"
          maxLength={2_000}
          aria-label={t("photo.caption")}
          placeholder={t("photo.caption")}
          data-testid="preview-caption"
          onInput={(event) => setCaption(event.currentTarget.value)}
        />
        <button
          type="submit"
          class="send on"
          aria-label={t("compose.send")}
          aria-busy={isSending}
          data-testid="preview-send"
        >
          <Goose />
        </button>
      </form>
    </Over>
  );
}
