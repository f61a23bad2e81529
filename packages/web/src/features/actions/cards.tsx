/**
 * Cards in a bubble that many write on, or that hold what was said elsewhere: poll, list, record.
 */
import type { ActionBody, TimelineItem } from "@yanshu/client";
import { Circle, CircleCheck, Download, Square, SquareCheck } from "lucide";
import { useState } from "preact/hooks";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { api, attempt } from "../../shell/session.ts";
import { ask } from "../../shell/sheet.tsx";
import { personName } from "../timeline/system-words.ts";
import { languageOf } from "../timeline/text.ts";
import { lineTime } from "../timeline/time.ts";
import { openedSheet, refOf } from "./acts.ts";
import { RecordFace } from "./record-face.tsx";

type Card<K extends ActionBody["kind"]> = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly body: Extract<ActionBody, { kind: K }>;
  readonly mayWrite: boolean;
};

export function ActionCard({ body, ...rest }: Omit<Card<"poll">, "body"> & { readonly body: ActionBody }) {
  switch (body.kind) {
    case "poll":
      return <PollCard {...rest} body={body} />;
    case "chain":
      return <ChainCard {...rest} body={body} />;
    case "record":
      return <RecordCard {...rest} body={body} />;
    default:
      return body satisfies never;
  }
}

function PollCard({ chat, item, body, mayWrite }: Card<"poll">) {
  const isOpen = mayWrite && (body.closesAtMs === undefined || body.closesAtMs > nowMs.value);
  const mine = body.options.flatMap((option, place) => (option.isMine ? [place] : []));
  const choose = (place: number) => {
    const others = body.isMultiple ? mine.filter((one) => one !== place) : [];
    const choices = mine.includes(place) ? mine.filter((one) => one !== place) : [...others, place];
    void attempt(() => api.vote(chat, refOf(item), choices));
  };
  return (
    <div class="card poll" data-testid="poll" data-open={isOpen}>
      <b lang={languageOf(body.question, locale.value)}>{body.question}</b>
      <small>{body.isMultiple ? t("poll.multiple") : t("poll.single")}</small>
      {body.options.map((option, place) => {
        const names = option.people.map(personName).join(t("person.and"));
        const mark = body.isMultiple ? (option.isMine ? SquareCheck : Square) : option.isMine ? CircleCheck : Circle;
        return (
          <button
            key={option.text}
            type="button"
            class={`poll-option ${option.isMine ? "on" : ""}`}
            aria-pressed={option.isMine}
            disabled={!isOpen}
            title={names}
            data-testid="poll-option"
            data-count={option.count}
            onClick={() => choose(place)}
          >
            <Icon of={mark} size="s" />
            <span class="poll-words" lang={languageOf(option.text, locale.value)}>
              {option.text}
            </span>
            <span class="count">
              {option.count}
              <span class="sr"> {t("poll.votes")}</span>
            </span>
            <span
              class="poll-bar"
              aria-hidden="true"
              style={{ "--share": `${(100 * option.count) / Math.max(1, body.voters)}%` }}
            />
            {names !== "" && <span class="names">{names}</span>}
          </button>
        );
      })}
      <small>{pollFoot(body)}</small>
    </div>
  );
}

function pollFoot({ voters, isAnonymous, closesAtMs }: Card<"poll">["body"]): string {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const count =
    closesAtMs === undefined
      ? t("poll.voters", { n: voters })
      : closesAtMs <= nowMs.value
        ? t("poll.over", { n: voters })
        : t("poll.foot", { n: voters, when: lineTime(closesAtMs, nowMs.value, locale.value, words) });
  return isAnonymous ? `${count} · ${t("poll.noNames")}` : count;
}

const linesShown = 3;

function ChainCard({ chat, item, body, mayWrite }: Card<"chain">) {
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

/** As a table that spreadsheets open; the mark in front tells them that it is UTF-8. */
function saveTable({ title, lines }: Card<"chain">["body"]): void {
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

function RecordCard({ chat, item, body }: Card<"record">) {
  return (
    <button
      type="button"
      class="card record"
      data-testid="record"
      onClick={() => {
        openedSheet.value = { kind: "record", chat, item };
      }}
    >
      <RecordFace body={body} />
    </button>
  );
}
