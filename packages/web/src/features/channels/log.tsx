/** What this device found that does not hold of what home published; and that all else was checked, and holds. */
import type { ChannelsLogView } from "@yanshu/client";
import { ShieldAlert, ShieldCheck } from "lucide";
import { useEffect } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { api, attempt, useStatus, useView } from "../../shell/session.ts";
import { placeOf } from "./spots.ts";
import "./channels.css";

type Found = ChannelsLogView["found"][number];

const words = {
  "pack-signature": "ch.log.signature",
  "pack-fork": "ch.log.fork",
  "pack-hour": "ch.log.hour",
  "packs-anew": "ch.log.anew",
  "packs-too-many": "ch.log.tooMany",
  "entry-signature": "ch.log.unsigned",
  "entry-twice": "ch.log.twice",
  "entry-missing": "ch.log.missing",
  "entry-gone": "ch.log.gone",
  "entries-too-many": "ch.log.more",
  "page-differs": "ch.log.page",
  "marks-differ": "ch.log.marks",
  "head-differs": "ch.log.head",
} as const;

export function ChannelsLog() {
  const log = useView("channelsLog");
  const home = useStatus()?.server ?? "";
  const count = log?.found.length;
  useEffect(() => {
    if (count !== undefined && count > 0) void attempt(() => api.seeChannelsAlarm());
  }, [count]);
  return (
    <section class="screen surface" data-testid="channels-log" aria-busy={log === undefined}>
      <TopBar title={t("ch.log")} />
      {log !== undefined && (
        <div class="scroll surface">
          <div class={`ch-checked ${count === 0 ? "" : "wrong"}`}>
            <Icon of={count === 0 ? ShieldCheck : ShieldAlert} size="l" />
            <h2>{count === 0 ? t("ch.log.fine") : t("ch.log.wrong", { home })}</h2>
            <p>{t("ch.log.read", { packs: log.packs, n: log.entries })}</p>
            <p>{count === 0 ? t("ch.log.note") : t("ch.log.do", { home })}</p>
          </div>
          {log.found.length > 0 && (
            <ul class="ch-gaps" aria-label={t("ch.log")}>
              {log.found.map((one) => (
                <Row
                  key={`${one.what} ${one.pack} ${one.channel?.id} ${one.seq} ${one.by?.account}`}
                  of={one}
                  home={home}
                />
              ))}
            </ul>
          )}
        </div>
      )}
    </section>
  );
}

function Row({ of: { what, channel, by }, home }: { readonly of: Found; readonly home: string }) {
  return (
    <li class="ch-gap gone" data-testid="channels-found" data-what={what}>
      <p>{t(words[what], { home, name: by?.name ?? "" })}</p>
      {channel !== undefined && channel.name !== "" && <Link to={placeOf(channel.id)}>{channel.name}</Link>}
    </li>
  );
}
