/**
 * New friends: who said hello, with their words, and yes or not now.
 */
import type { RequestRow } from "@yanshu/client";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { useKeptScroll } from "../../shell/kept-scroll.ts";
import { Link } from "../../shell/link.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { nowMs } from "../../shell/now.ts";
import { go } from "../../shell/router.ts";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { listTime } from "../timeline/time.ts";

export function Requests() {
  const requests = useView("requests");
  const scroll = useKeptScroll<HTMLDivElement>("requests");
  return (
    <section class="screen">
      <TopBar title={t("requests.title")} />
      <div ref={scroll} class="scroll surface">
        {requests?.length === 0 ? (
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
      </div>
    </section>
  );
}

function Request({ row }: { row: RequestRow }) {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const accept = async () => {
    if (await succeeds(() => api.acceptRequest(row.conversation))) go({ name: "chat", id: row.conversation });
  };
  return (
    <li class="request" data-testid="request-row" data-account={row.account}>
      <Avatar face={row.face} />
      <div class="grow">
        <div class="l1">
          <b class="name">{row.name}</b>
          <time class="time" dateTime={new Date(row.atMs).toISOString()}>
            {listTime(row.atMs, nowMs.value, locale.value, words)}
          </time>
        </div>
        <p class="greeting">{row.greeting === "" ? t("friend.request") : row.greeting}</p>
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
