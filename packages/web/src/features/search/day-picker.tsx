/**
 * A calendar month of a chat: days with messages can be picked, which opens the chat at that day.
 */
import type { Hex } from "@yanshu/client";
import { ChevronLeft, ChevronRight } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { go } from "../../shell/router.ts";
import { api, attempt } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { type Month, monthOf, startsOf, weekdaysOf } from "./month.ts";

export function DayPicker({ id, onClose }: { id: Hex; onClose: () => void }) {
  const today = monthOf(nowMs.value);
  const [month, setMonth] = useState<Month>(today);
  const [days, setDays] = useState<readonly (number | null)[]>([]);
  useEffect(() => {
    let isHere = true;
    void attempt(() => api.daysWithMessages(id, startsOf(month))).then((found) => {
      if (isHere && found !== undefined) setDays(found);
    });
    return () => {
      isHere = false;
    };
  }, [id, month.year, month.month]);
  const turn = (step: 1 | -1) => () => {
    setDays([]);
    setMonth(monthOf(new Date(month.year, month.month + step, 1).getTime()));
  };
  const isNow = month.year === today.year && month.month === today.month;
  const name = t("search.month", { year: month.year, month: month.month + 1 });
  return (
    <Sheet title={t("search.date")} onClose={onClose} testId="day-picker">
      <div class="month-bar">
        <button
          type="button"
          class="ib"
          aria-label={t("search.monthBefore")}
          data-testid="month-before"
          onClick={turn(-1)}
        >
          <Icon of={ChevronLeft} />
        </button>
        <h2 aria-live="polite">{name}</h2>
        <button type="button" class="ib" aria-label={t("search.monthAfter")} disabled={isNow} onClick={turn(1)}>
          <Icon of={ChevronRight} />
        </button>
      </div>
      <div class="month">
        {weekdaysOf(locale.value).map((day) => (
          <span key={day} class="weekday" aria-hidden="true">
            {day}
          </span>
        ))}
        {Array.from({ length: month.days }, (_, at) => {
          const order = days[at] ?? null;
          return (
            <button
              key={at}
              type="button"
              disabled={order === null}
              style={at === 0 ? { gridColumnStart: month.firstWeekday + 1 } : undefined}
              aria-label={t("search.day", { day: at + 1 })}
              data-testid={order === null ? undefined : "day"}
              onClick={() => {
                onClose();
                if (order !== null) go({ name: "chat", id, at: order });
              }}
            >
              {at + 1}
            </button>
          );
        })}
      </div>
    </Sheet>
  );
}
