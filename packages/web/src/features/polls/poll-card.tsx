/** A poll in its bubble: the options with their counts; a tap votes, and another takes the vote back. */
import { Circle, CircleCheck, Square, SquareCheck } from "lucide";
import type { BubbleProps } from "../../feature.ts";
import { refOf } from "../../kit/message.ts";
import { personNames } from "../../kit/person.ts";
import { languageOf } from "../../kit/text.ts";
import { lineTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { api, attempt } from "../../shell/session.ts";
import "./polls.css";

export function PollCard({ chat, item, body, mayWrite }: BubbleProps<"poll">) {
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
        const names = personNames(option.people);
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

function pollFoot({ voters, isAnonymous, closesAtMs }: BubbleProps<"poll">["body"]): string {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const count =
    closesAtMs === undefined
      ? t("poll.voters", { n: voters })
      : closesAtMs <= nowMs.value
        ? t("poll.over", { n: voters })
        : t("poll.foot", { n: voters, when: lineTime(closesAtMs, nowMs.value, locale.value, words) });
  return isAnonymous ? `${count} · ${t("poll.noNames")}` : count;
}
