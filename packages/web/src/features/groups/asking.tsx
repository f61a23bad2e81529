/**
 * Requests to join a group: accept or decline.
 */
import type { AskingRow } from "@yanshu/client";
import { languageOf } from "../../kit/text.ts";
import { isoTime, listTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { nowMs } from "../../shell/now.ts";
import { api, attempt, useView } from "../../shell/session.ts";

export function Asking({ id }: { id: string }) {
  const rows = useView("asking", id);
  return (
    <section class="screen">
      <TopBar title={t("group.asking")} />
      <div class="scroll surface">
        {rows?.length === 0 ? (
          <Nothing title={t("group.askingNone")} />
        ) : (
          <ul class="rows">
            {rows?.map((row) => (
              <Row key={row.account} group={id} row={row} />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function Row({ group, row }: { group: string; row: AskingRow }) {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  return (
    <li class="request" data-testid="asking-row" data-account={row.account}>
      <Avatar face={row.face} />
      <div class="grow">
        <div class="l1">
          <b class="name" lang={languageOf(row.name, locale.value)}>
            {row.name}
          </b>
          <time class="time" dateTime={isoTime(row.atMs)}>
            {listTime(row.atMs, nowMs.value, locale.value, words)}
          </time>
        </div>
        <div class="request-acts">
          <button
            type="button"
            class="btn line sm"
            data-testid="turn-away"
            onClick={() => void attempt(() => api.turnAway(group, row.account))}
          >
            {t("group.turnAway")}
          </button>
          <button
            type="button"
            class="btn fill sm"
            data-testid="let-in"
            onClick={() => void attempt(() => api.letIn(group, row.account))}
          >
            {t("group.letIn")}
          </button>
        </div>
      </div>
    </li>
  );
}
