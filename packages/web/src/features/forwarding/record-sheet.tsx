/** A record, opened: a chat that can only be read, and one that may hold another. */
import type { RecordBody, TimelineItem } from "@yanshu/client";
import { ChevronLeft } from "lucide";
import { useState } from "preact/hooks";
import { kindWords } from "../../kit/kind-words.ts";
import { lineWithSmileys } from "../../kit/smileys/drawn.ts";
import { languageOf } from "../../kit/text.ts";
import { clock } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { Slot } from "../../shell/slot.tsx";
import { RecordFace } from "./record-face.tsx";
import { recordTitle } from "./record-title.ts";
import "../../styles/chat.css";

type RecordSheetProps = { readonly chat: string; readonly item: TimelineItem; readonly onClose: () => void };

export function RecordSheet({ chat, item, onClose }: RecordSheetProps) {
  const [path, setPath] = useState<readonly number[]>([]);
  const record = useView("record", chat, item.from.account, item.id, path);
  const title = record === undefined ? "" : recordTitle(record.names);
  return (
    <Sheet title={title} onClose={onClose} testId="record-sheet">
      <div class="record-head">
        {path.length > 0 && (
          <button
            type="button"
            class="ib"
            aria-label={t("action.back")}
            data-testid="record-back"
            onClick={() => setPath(path.slice(0, -1))}
          >
            <Icon of={ChevronLeft} />
          </button>
        )}
        <h2 class="sheet-title">{title}</h2>
      </div>
      <p class="sheet-note">{t("record.claim")}</p>
      <ol class="record-lines">
        {record?.items.map(({ name, atMs, body }, place) => (
          <li key={place} data-testid="record-line">
            <span class="who">
              <b lang={languageOf(name, locale.value)}>{name}</b> <time>{clock(atMs, locale.value)}</time>
            </span>
            <RecordWords body={body} onOpen={() => setPath([...path, place])} />
          </li>
        ))}
      </ol>
      <div class="sheet-acts">
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.close")}
        </button>
      </div>
    </Sheet>
  );
}

export function RecordWords({ body, onOpen }: { body: RecordBody; onOpen?: () => void }) {
  switch (body.kind) {
    case "text":
      return <p lang={languageOf(body.text, locale.value)}>{lineWithSmileys(body.text)}</p>;
    case "sticker":
      return <Slot name="sticker" body={body} />;
    case "other":
      return <p>{kindWords(body.of, body.words ?? "")}</p>;
    case "record":
      return (
        <button
          type="button"
          class="card record"
          disabled={onOpen === undefined}
          data-testid="record-inner"
          onClick={onOpen}
        >
          <RecordFace body={body} />
        </button>
      );
    default:
      return body satisfies never;
  }
}
