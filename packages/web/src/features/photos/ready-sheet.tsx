/**
 * The sheet before videos and files are sent (README.md ME24): names and sizes, whether a video is made smaller, and a
 * caption. Nothing leaves the device before the tap on send.
 */
import { FileText, X } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import "../../styles/media.css";
import { putUp } from "../../kit/over.tsx";
import { shortName, sizeWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import "./photos.css";

/** A larger video is made smaller, unless the sender chooses otherwise. */
const smallBytes = 8 << 20;

type Ready = { readonly file: File; readonly isFilm: boolean };

/** Opens the sheet. @param files `isFilm`: sent as a video, not as a file. */
export function askReady(chat: string, files: readonly Ready[]): void {
  putUp((done) => <ReadySheet chat={chat} first={files} onDone={done} />);
}

type ReadySheetProps = { readonly chat: string; readonly first: readonly Ready[]; readonly onDone: () => void };

function ReadySheet({ chat, first, onDone }: ReadySheetProps) {
  const [files, setFiles] = useState(first);
  const films = files.filter(({ isFilm }) => isFilm);
  const [isSmall, setSmall] = useState(films.some(({ file }) => file.size > smallBytes));
  const [made, setMade] = useState<number>();
  const word = useRef<HTMLInputElement>(null);
  const stop = useRef(new AbortController());
  const close = () => {
    stop.current.abort();
    onDone();
  };
  const drop = (one: Ready) => {
    const rest = files.filter((other) => other !== one);
    if (rest.length === 0) close();
    else setFiles(rest);
  };
  const send = async () => {
    if (made !== undefined) return;
    setMade(0);
    const { signal } = stop.current;
    for (const { file, isFilm } of files) {
      await attempt(() => sendOne(chat, file, isFilm, isSmall, setMade, signal));
      if (signal.aborted) return;
    }
    const said = word.current?.value.trim() ?? "";
    if (said !== "") await attempt(() => api.sendText(chat, said));
    onDone();
  };
  return (
    <FormSheet
      title={t("ready.title")}
      class="gather ready"
      testId="ready-sheet"
      action={
        made === undefined || films.length === 0
          ? files.length === 1
            ? t("ready.one")
            : t("ready.many", { n: files.length })
          : t("ready.making", { n: Math.round(made * 100) })
      }
      actionTestId="ready-send"
      isReady={made === undefined}
      onSubmit={() => void send()}
      onClose={close}
    >
      <ul class="ready-list">
        {files.map((one) => (
          <li key={one} data-testid="ready-file">
            {one.isFilm ? <FilmLook file={one.file} /> : <FileLook />}
            <span class="card-words">
              <span class="card-name">{shortName(one.file.name)}</span>
              <span class="card-note num">{sizeWords(one.file.size)}</span>
            </span>
            <button type="button" class="ib" aria-label={t("ready.remove")} onClick={() => drop(one)}>
              <Icon of={X} size="s" />
            </button>
          </li>
        ))}
      </ul>
      {films.length > 0 && (
        <fieldset class="seg ready-seg">
          <legend class="sr">{t("ready.quality")}</legend>
          {([true, false] as const).map((small) => (
            <label key={String(small)} class={isSmall === small ? "on" : ""}>
              <input
                type="radio"
                name="quality"
                class="sr"
                checked={isSmall === small}
                data-testid={small ? "ready-small" : "ready-original"}
                onChange={() => setSmall(small)}
              />
              <span>{t(small ? "ready.small" : "ready.original")}</span>
              <small>
                {small ? t("ready.smallNote") : sizeWords(films.reduce((sum, { file }) => sum + file.size, 0))}
              </small>
            </label>
          ))}
        </fieldset>
      )}
      <input
        ref={word}
        class="field-box"
        maxLength={2_000}
        aria-label={t("ready.word")}
        placeholder={t("ready.word")}
        autocomplete="off"
        data-testid="ready-word"
      />
    </FormSheet>
  );
}

async function sendOne(
  chat: string,
  file: File,
  isFilm: boolean,
  isSmall: boolean,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<unknown> {
  if (isFilm) {
    const { filmFrom } = await import("../../kit/pictures/film.ts");
    const film = await filmFrom(file, isSmall ? { told, signal } : undefined);
    if (signal.aborted) return undefined;
    if (film !== undefined) return api.sendVideo(chat, film);
  }
  return api.sendFile(chat, { source: file, name: file.name, type: file.type });
}

/** The first frame of a video, from the local file. */
function FilmLook({ file }: { file: File }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <span class="ready-film" aria-hidden="true">
      <video src={url} muted playsInline preload="metadata" tabIndex={-1} />
    </span>
  );
}

function FileLook() {
  return (
    <span class="ready-film" aria-hidden="true">
      <Icon of={FileText} />
    </span>
  );
}
