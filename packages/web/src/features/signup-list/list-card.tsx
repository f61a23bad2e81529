/** A list that many write on, in its bubble; it can be saved as a table. */
import { Download } from "lucide";
import { useState } from "preact/hooks";
import type { BubbleProps } from "../../feature.ts";
import { refOf } from "../../kit/message.ts";
import { personName } from "../../kit/person.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { ask } from "../../shell/sheet.tsx";
import "./signup-list.css";

const linesShown = 3;

export function ListCard({ chat, item, body, mayWrite }: BubbleProps<"chain">) {
  const [isWhole, setWhole] = useState(body.lines.length <= linesShown + 2);
  const shown = isWhole ? body.lines : body.lines.slice(0, linesShown);
  const rest = body.lines.length - shown.length;
  const write = async (text: string, key?: string) => {
    const line = await ask({
      title: key === undefined ? t("chain.add") : t("chain.change"),
      label: t("chain.line"),
      value: text,
      action: key === undefined ? t("chain.add") : t("action.save"),
      lengthMax: 200,
    });
    if (line === undefined || (line === "" && key === undefined)) return;
    void attempt(() => api.writeLine(chat, refOf(item), line, key));
  };
  return (
    <div class="card chain" data-testid="chain">
      <b lang={languageOf(body.title, locale.value)}>{body.title}</b>
      {body.note !== "" && <p lang={languageOf(body.note, locale.value)}>{body.note}</p>}
      <ol>
        {shown.map((line, place) => (
          <li key={line.key ?? `seed ${place}`} data-testid="chain-line" lang={languageOf(line.text, locale.value)}>
            {line.key !== undefined && line.by?.isMe === true && mayWrite ? (
              <button type="button" class="own-line" onClick={() => void write(line.text, line.key)}>
                {line.text}
              </button>
            ) : (
              line.text
            )}
            {line.by !== undefined && <small> {personName(line.by)}</small>}
          </li>
        ))}
      </ol>
      {rest > 0 && (
        <button type="button" class="rest-lines" data-testid="chain-rest" onClick={() => setWhole(true)}>
          {t("chain.rest", { n: rest })}
        </button>
      )}
      <div class="card-acts">
        {mayWrite && (
          <button type="button" class="btn fill sm" data-testid="chain-add" onClick={() => void write("")}>
            {t("chain.add")}
          </button>
        )}
        <button
          type="button"
          class="ib"
          aria-label={t("chain.save")}
          title={t("chain.save")}
          data-testid="chain-save"
          onClick={() => saveTable(body)}
        >
          <Icon of={Download} size="s" />
        </button>
      </div>
    </div>
  );
}

/** Saves the list as CSV; a byte order mark tells spreadsheets that it is UTF-8. */
function saveTable({ title, lines }: BubbleProps<"chain">["body"]): void {
  const cell = (text: string) => `"${text.replaceAll('"', '""').replace(/^([=+\-@])/, "'$1")}"`;
  const rows = lines.map(({ text, by }, place) =>
    [`${place + 1}`, cell(text), cell(by === undefined ? "" : personName(by))].join(","),
  );
  const url = URL.createObjectURL(new Blob([`\uFEFF${rows.join("\r\n")}\r\n`], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${title.replace(/[\\/:*?"<>|]/g, " ").trim() || "list"}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
