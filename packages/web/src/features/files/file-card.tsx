/**
 * A file in the timeline: name, size, progress, and how long home keeps it. One tap fetches it, the next saves it;
 * during a transfer a tap on the ring pauses it.
 */
import type { TimelineItem, TransferView } from "@yanshu/client";
import { ArrowDownToLine, BookOpenText, Download, Pause, Play, RotateCcw } from "lucide";
import type { BubbleProps } from "../../feature.ts";
import { blobOf, saveAs } from "../../kit/bytes.ts";
import { LargeText } from "../../kit/large-text.tsx";
import { putUp } from "../../kit/over.tsx";
import { Ring } from "../../kit/ring.tsx";
import { secondsWords, shortName, sizeWords } from "../../kit/sizes.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { Slot } from "../../shell/slot.tsx";
import "../../styles/media.css";
import "./files.css";

type FileBody = Extract<TimelineItem["body"], { kind: "file" }>;
const dayMs = 86_400_000;

/** A mini program is a file too, and has a card of its own. */
export function FileCard({ chat, item, body }: BubbleProps<"file">) {
  if (!/\.(?:ymp|xdc)$/i.test(body.name)) return <PlainFile body={body} />;
  return <Slot name="programCard" chat={chat} item={item} body={body} />;
}

function PlainFile({ body }: { body: FileBody }) {
  const { file, name, type } = body;
  const transfer = useView("transfer", file.handle);
  const act = () => {
    if (transfer === undefined) return;
    if (transfer.state === "moving" || transfer.state === "waiting") void attempt(() => api.pauseFile(file.handle));
    else if (transfer.state === "here" || transfer.direction === "up") void saveAs({ file, type }, name);
    else void attempt(() => api.moveFile(file.handle));
  };
  const resume = () => void attempt(() => api.moveFile(file.handle));
  const isUpPaused = transfer?.direction === "up" && (transfer.state === "paused" || transfer.state === "failed");
  const isExpired = transfer?.state === "expired";
  return (
    <div class="card-file" data-testid="file" data-state={transfer?.state} data-direction={transfer?.direction}>
      <button
        type="button"
        class="card-main"
        data-testid="file-act"
        disabled={isExpired}
        onClick={isUpPaused ? resume : act}
      >
        <span class="sr">{t(`file.act.${actOf(transfer)}`)}: </span>
        <span class="sheet-icon" data-sort={sortOf(name)} aria-hidden="true">
          {endingOf(name)}
        </span>
        <span class="card-words">
          <span class="card-name" title={name}>
            {shortName(name)}
          </span>
          <span class="card-note num">{progressWords(transfer, file.bytes)}</span>
        </span>
        <span class="card-mark">
          <Mark transfer={transfer} isUpPaused={isUpPaused} />
        </span>
      </button>
      {isReadable(type, file.bytes) && !isExpired && (
        <button type="button" class="card-foot file-read" data-testid="file-read" onClick={() => void readFile(body)}>
          <Icon of={BookOpenText} size="s" />
          {t("file.read")}
        </button>
      )}
      <p class="card-foot num" data-testid="file-kept">
        {footWords(transfer, file.expiresDay)}
      </p>
    </div>
  );
}

/** A short text file, such as a message that was too long: it can be read in the app. */
function isReadable(type: string, bytes: number): boolean {
  return type === "text/plain" && bytes <= readBytesMax;
}

async function readFile({ file, type }: FileBody): Promise<void> {
  const blob = await attempt(() => blobOf(file, type));
  if (blob === undefined) return;
  const text = await blob.text();
  putUp((done) => <LargeText text={text} onClose={done} />);
}

const readBytesMax = 512 * 1024;

function actOf(transfer: TransferView | undefined): "fetch" | "save" | "pause" | "resume" {
  switch (transfer?.state) {
    case "here":
      return "save";
    case "moving":
    case "waiting":
      return "pause";
    case "paused":
    case "failed":
      return "resume";
    default:
      return "fetch";
  }
}

function Mark({ transfer, isUpPaused }: { transfer: TransferView | undefined; isUpPaused: boolean }) {
  if (transfer === undefined || transfer.state === "expired") return null;
  const share = transfer.total === 0 ? 0 : transfer.done / transfer.total;
  switch (transfer.state) {
    case "moving":
    case "waiting":
      return <Ring share={share} icon={Pause} />;
    case "paused":
      return <Ring share={share} icon={Play} />;
    case "failed":
      return <Ring share={share} icon={RotateCcw} />;
    default:
      return <Icon of={transfer.state === "here" || isUpPaused ? Download : ArrowDownToLine} />;
  }
}

function progressWords(transfer: TransferView | undefined, bytes: number): string {
  const all = sizeWords(bytes);
  if (transfer === undefined || !["moving", "waiting", "paused", "failed"].includes(transfer.state)) return all;
  return t("file.progress", { done: sizeWords(transfer.done), all });
}

/** Always one line of text: a bubble that changes its height would move what somebody is reading. */
function footWords(transfer: TransferView | undefined, expiresDay: number): string {
  if (transfer === undefined) return "\u00a0";
  const speed = transfer.bytesPerSecond;
  switch (transfer.state) {
    case "expired":
      return t("file.expired");
    case "failed":
      return t("file.failed");
    case "waiting":
      return t("file.waiting");
    case "moving":
      if (speed === undefined || speed <= 0) break;
      return `${t("file.speed", { speed: sizeWords(speed) })} · ${secondsWords((transfer.total - transfer.done) / speed)}`;
  }
  // Home says after the upload how long it keeps the file.
  return transfer.direction === "up" ? t("file.notThere") : keptWords(transfer, expiresDay);
}

function keptWords(transfer: TransferView | undefined, expiresDay: number): string {
  const day = transfer?.expiresDay || expiresDay;
  const left = Math.max(0, day - Math.floor(nowMs.value / dayMs));
  return t("file.kept", { n: left.toLocaleString(locale.value) });
}

function endingOf(name: string): string {
  return (/\.([^.]{1,5})$/.exec(name)?.[1] ?? "").toUpperCase();
}

/** The type of file, for the color of its icon. */
function sortOf(name: string): string {
  const ending = endingOf(name).toLowerCase();
  if (["pdf"].includes(ending)) return "pdf";
  if (["doc", "docx", "txt", "md", "rtf", "odt", "pages"].includes(ending)) return "text";
  if (["xls", "xlsx", "csv", "ods", "numbers"].includes(ending)) return "sheet";
  if (["ppt", "pptx", "key", "odp"].includes(ending)) return "slides";
  if (["zip", "7z", "rar", "gz", "tar"].includes(ending)) return "box";
  if (["mp3", "m4a", "wav", "flac", "ogg"].includes(ending)) return "sound";
  return "any";
}
