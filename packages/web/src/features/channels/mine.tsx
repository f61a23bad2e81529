/** One's own channels: what is on its way, with pause and resume, and each channel's films. */
import type { ChannelsMineView } from "@yanshu/client";
import { Bookmark, CirclePause, Plus, Settings, UserRoundCheck, X } from "lucide";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { Asking } from "./authors.tsx";
import { ChannelFace } from "./face.tsx";
import { Gap } from "./gap.tsx";
import { Grid } from "./grid.tsx";
import { placeOf, spots } from "./spots.ts";
import { useLooking } from "./use-shown.ts";
import "./channels.css";

type Upload = ChannelsMineView["uploads"][number];
const megabyte = 1_000_000;
const faults = {
  refused: "ch.fault.refused",
  "too-large": "ch.fault.tooLarge",
  "too-often": "ch.fault.tooOften",
  "source-gone": "ch.fault.gone",
  "no-room": "ch.fault.noRoom",
} as const;

export function Mine() {
  const mine = useView("channelsMine");
  useLooking(mine?.uploads.some(({ state }) => state === "said") === true);
  return (
    <section class="screen surface" data-testid="channels-mine">
      <TopBar
        title={t("ch.mine")}
        end={
          <>
            <Link to={spots.settings} class="ib" aria-label={t("ch.settings")} data-testid="to-channel-settings">
              <Icon of={Settings} />
            </Link>
            <Link to={spots.publish} class="ib" aria-label={t("ch.publish")} data-testid="to-publish">
              <Icon of={Plus} />
            </Link>
          </>
        }
      />
      <div class="scroll surface">
        <nav class="ch-shelf" aria-label={t("ch.mine")}>
          <Link to={spots.followed} class="btn line" data-testid="to-followed">
            <Icon of={UserRoundCheck} size="s" />
            {t("ch.followedAll")}
          </Link>
          <Link to={spots.saved} class="btn line" data-testid="to-saved">
            <Icon of={Bookmark} size="s" />
            {t("ch.savedAll")}
          </Link>
        </nav>
        {mine?.askings.map((asking) => (
          <Asking key={`${asking.channel} ${asking.by.account}`} asking={asking} />
        ))}
        {mine?.uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
        {mine?.notPublished.map(({ entry, title }) => (
          <p key={entry} class="ch-alarm" role="status" data-testid="not-published">
            {t("ch.notPublished", { title })}
          </p>
        ))}
        {mine?.channels.map((channel) => (
          <OwnChannel key={channel.id} channel={channel} />
        ))}
        {mine?.channels.length === 0 && mine.uploads.length === 0 && mine.askings.length === 0 && (
          <div class="ch-over">
            <h2>{t("ch.mineNone")}</h2>
            <p>{t("ch.public")}</p>
            <Link to={spots.publish} class="btn soft">
              {t("ch.first")}
            </Link>
          </div>
        )}
      </div>
    </section>
  );
}

function OwnChannel({ channel }: { readonly channel: ChannelsMineView["channels"][number] }) {
  const { films = [], gaps = [] } = useView("channel", channel.id) ?? {};
  const removed = gaps.filter(({ why }) => why === "removed");
  return (
    <>
      <Link to={placeOf(channel.id)} class="ch-own" data-testid="own-channel">
        <ChannelFace of={channel} />
        <b class="ell">{channel.name}</b>
        <small>{t("ch.filmsCount", { n: films.length })}</small>
      </Link>
      <Grid films={films} />
      {removed.length > 0 && (
        <ul class="ch-gaps" aria-label={t("ch.gaps")}>
          {removed.map((gap) => (
            <Gap key={gap.seq} gap={gap} />
          ))}
        </ul>
      )}
    </>
  );
}

function UploadRow({ upload }: { readonly upload: Upload }) {
  const { id, title, state, done, total, fault } = upload;
  const share = total === 0 ? 0 : done / total;
  const words = {
    waiting: t("ch.up.waiting"),
    uploading: t("ch.up.going", { a: (done / megabyte).toFixed(1), b: (total / megabyte).toFixed(1) }),
    paused: t("ch.up.paused"),
    said: t("ch.up.said"),
    failed: fault === undefined ? t("ch.up.broken") : t(faults[fault]),
  };
  return (
    <article class="ch-upload" aria-label={title} data-testid="upload" data-state={state}>
      <div class="ch-upload-in">
        <b class="ell">{title === "" ? t("ch.untitled") : title}</b>
        <p class={state === "failed" ? "failed" : ""} role="status">
          {words[state]}
        </p>
        {state !== "said" && (
          <progress max={1} value={share} aria-label={t("ch.progress")}>
            {Math.round(100 * share)}
          </progress>
        )}
      </div>
      {state === "uploading" || state === "waiting" ? (
        <button
          type="button"
          class="ib"
          aria-label={t("ch.up.pause")}
          data-testid="upload-pause"
          onClick={() => void attempt(() => api.pauseUpload(id))}
        >
          <Icon of={CirclePause} />
        </button>
      ) : (
        state !== "said" && (
          <>
            <button
              type="button"
              class="btn sm soft"
              data-testid="upload-resume"
              onClick={() => void attempt(() => api.resumeUpload(id))}
            >
              {t("ch.up.resume")}
            </button>
            <button
              type="button"
              class="ib"
              aria-label={t("ch.throwAwayYes")}
              data-testid="upload-drop"
              onClick={() => void drop(id)}
            >
              <Icon of={X} />
            </button>
          </>
        )
      )}
    </article>
  );
}

async function drop(id: string): Promise<void> {
  const yes = await confirm({ title: t("ch.throwAway"), action: t("ch.throwAwayYes"), danger: true });
  if (yes) await attempt(() => api.dropUpload(id));
}
