/**
 * New friends: contact requests with their greeting and source, and invitations to groups by strangers; each can be
 * accepted or declined.
 */
import type { GreetingRow, JoinView, RequestRow } from "@yanshu/client";
import { sourceWords } from "../../kit/source-words.ts";
import { languageOf } from "../../kit/text.ts";
import { isoTime, listTime } from "../../kit/time.ts";
import { titleOf } from "../../kit/title.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar, Mosaic } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { useKeptScroll } from "../../shell/kept-scroll.ts";
import { Link } from "../../shell/link.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { nowMs } from "../../shell/now.ts";
import { go } from "../../shell/router.ts";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";

export function Requests() {
  const requests = useView("requests");
  const before = useView("greetings") ?? [];
  const joins = useView("joins")?.filter(({ standing }) => standing !== "in") ?? [];
  const isFull = useView("status")?.areRequestsFull === true;
  const scroll = useKeptScroll<HTMLDivElement>("requests");
  return (
    <section class="screen">
      <TopBar title={t("requests.title")} />
      <div ref={scroll} class="scroll surface">
        {isFull && <p class="hint">{t("requests.full")}</p>}
        {joins.length > 0 && <Joins rows={joins} />}
        {requests?.length === 0 && joins.length === 0 && before.length === 0 ? (
          <Nothing title={t("requests.empty")} note={t("requests.emptyHint")}>
            <Link to={{ name: "my-qr" }} class="btn fill">
              {t("qr.title")}
            </Link>
          </Nothing>
        ) : (
          <ul class="rows">
            {requests?.map((row) => (
              <Request key={row.conversation} row={row} />
            ))}
          </ul>
        )}
        {before.length > 0 && <Before rows={before} />}
      </div>
    </section>
  );
}

/** The person's own requests to join groups, and their state. */
function Joins({ rows }: { rows: readonly JoinView[] }) {
  return (
    <>
      <h2 class="sec">{t("join.pending")}</h2>
      <ul class="rows">
        {rows.map(({ id, name, standing }) => (
          <li key={id} class="request" data-testid="join-row" data-standing={standing}>
            <div class="grow">
              <b class="name">{name}</b>
              <p class="greeting">{t(`join.${standing}`)}</p>
              <div class="request-acts">
                <button type="button" class="btn line sm" onClick={() => void attempt(() => api.forgetJoin(id))}>
                  {t("join.forget")}
                </button>
              </div>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Earlier requests: accepted by either side, or still waiting for the other (WE41). */
function Before({ rows }: { rows: readonly GreetingRow[] }) {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  return (
    <>
      <h2 class="sec">{t("requests.before")}</h2>
      <ul class="rows">
        {rows.map((row) => (
          <li key={row.conversation}>
            <Link
              to={{ name: "chat", id: row.conversation }}
              class="row"
              data-testid="greeting-row"
              data-account={row.account}
            >
              <Avatar face={row.face} />
              <span class="body">
                <span class="l1">
                  <b class="name ell" lang={languageOf(row.name, locale.value)}>
                    {row.name}
                  </b>
                  <time class="time" dateTime={isoTime(row.atMs)}>
                    {listTime(row.atMs, nowMs.value, locale.value, words)}
                  </time>
                </span>
                <span class="l2">
                  <span class="prev ell">
                    {row.standing === "accepted" ? t("requests.accepted") : t("friend.waiting")}
                  </span>
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function Request({ row }: { row: RequestRow }) {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const accept = async () => {
    if (await succeeds(() => api.acceptRequest(row.conversation))) go({ name: "chat", id: row.conversation });
  };
  return (
    <li class="request" data-testid="request-row" data-kind={row.kind} data-account={row.account}>
      <Mosaic faces={row.faces} />
      <div class="grow">
        <div class="l1">
          <b class="name">{row.asks === "person" ? row.name : titleOf({ kind: row.kind, title: row.name })}</b>
          <time class="time" dateTime={isoTime(row.atMs)}>
            {listTime(row.atMs, nowMs.value, locale.value, words)}
          </time>
        </div>
        <p class="greeting">{wordsOf(row)}</p>
        {row.source !== undefined && (
          <p class="note" data-testid="request-source">
            {sourceWords(row.source)}
          </p>
        )}
        <div class="request-acts">
          <button
            type="button"
            class="btn line sm"
            data-testid="request-decline"
            onClick={() => void attempt(() => api.declineRequest(row.conversation))}
          >
            {t("friend.no")}
          </button>
          <button type="button" class="btn fill sm" data-testid="request-accept" onClick={() => void accept()}>
            {t("friend.yes")}
          </button>
        </div>
      </div>
    </li>
  );
}

function wordsOf(row: RequestRow): string {
  if (row.asks === "person") return row.greeting === "" ? t("friend.request") : row.greeting;
  const names = row.members.join(t("person.and"));
  return names === "" ? t("requests.group") : t("requests.groupOf", { names });
}
