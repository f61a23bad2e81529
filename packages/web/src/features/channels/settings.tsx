/** Settings of Channels: the order, topics, screen-time, and forgetting one's taste. */
import { Baby, CalendarClock, Heart, Hourglass, Package, ShieldCheck, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Choice } from "../../shell/choice.tsx";
import { Link } from "../../shell/link.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { ChannelFace } from "./face.tsx";
import { setStopMinutes, stopChoices, stopMinutes } from "./screen-time.ts";
import { placeOf, spots } from "./spots.ts";
import { askToForget, TopicSlider } from "./why.tsx";
import "./channels.css";

const minuteMs = 60_000;
const topicsMax = 12;

export function ChannelSettings() {
  const settings = useView("channelsSettings");
  const youth = useView("channelsYouth")?.limits;
  const [isChoosing, setChoosing] = useState(false);
  const minutesWords = (minutes: number) => (minutes === 0 ? t("ch.stopNever") : t("ch.stopAfter", { n: minutes }));
  return (
    <section class="screen" data-testid="channel-settings">
      <TopBar title={t("ch.settings")} />
      {settings !== undefined && (
        <div class="scroll">
          <div class="group">
            <SettingSwitch
              icon={CalendarClock}
              label={t("ch.byTime")}
              note={t("ch.byTimeNote")}
              isOn={settings.order === "time"}
              testId="set-by-time"
              onChange={(isOn) => void attempt(() => api.setChannelsOrder(isOn ? "time" : "taste"))}
            />
            <SettingSwitch
              icon={Heart}
              label={t("ch.tellFriends")}
              note={t("ch.tellFriendsNote")}
              isOn={settings.tellsFriends}
              testId="set-tell-friends"
              onChange={(isOn) => void attempt(() => api.setTellsFriends(isOn))}
            />
            <SettingSwitch
              icon={Package}
              label={t("ch.whole")}
              note={t("ch.wholeNote")}
              isOn={settings.wholePage}
              testId="set-whole"
              onChange={(isOn) => void attempt(() => api.setWholePage(isOn))}
            />
          </div>
          <div class="group">
            <SettingButton
              icon={Hourglass}
              label={t("ch.stopSet")}
              note={t("ch.stopToday", { n: Math.round(settings.watchedTodayMs / minuteMs) })}
              value={minutesWords(stopMinutes.value)}
              testId="set-stop"
              onClick={() => setChoosing(true)}
            />
            <SettingButton
              icon={Baby}
              label={t("ch.youth")}
              value={youth?.isOn === true ? t("ch.youthMinutes", { n: youth.minutes }) : t("ch.youthOff")}
              testId="set-youth"
              onClick={() => go(spots.youth)}
            />
            <SettingButton
              icon={ShieldCheck}
              label={t("ch.log")}
              note={t("ch.log.row")}
              testId="set-log"
              onClick={() => go(spots.log)}
            />
          </div>
          {settings.topics.length > 0 && (
            <div class="group ch-topics">
              <h2 class="ch-sub">{t("ch.sliders")}</h2>
              {settings.topics.slice(0, topicsMax).map(({ tag, level }) => (
                <TopicSlider key={tag} tag={tag} level={level} />
              ))}
            </div>
          )}
          <div class="group">
            <SettingButton
              icon={Trash2}
              label={t("ch.reset.set")}
              note={t("ch.tasteKept", { watched: settings.taste.watched, liked: settings.taste.liked })}
              danger
              testId="set-forget"
              onClick={() => void askToForget()}
            />
          </div>
        </div>
      )}
      {isChoosing && (
        <Choice
          title={t("ch.stopSet")}
          options={stopChoices.map((minutes) => ({ value: `${minutes}`, label: minutesWords(minutes) }))}
          chosen={`${stopMinutes.value}`}
          onChoose={(value) => {
            setStopMinutes(Number(value));
            setChoosing(false);
          }}
          onClose={() => setChoosing(false)}
        />
      )}
    </section>
  );
}

/** The channels that one follows; nobody else is told of them. */
export function Followed() {
  const followed = useView("channelsFollowed");
  return (
    <section class="screen surface" data-testid="channels-followed">
      <TopBar title={t("ch.followedAll")} />
      <div class="scroll surface">
        {followed?.length === 0 && <p class="ch-quiet">{t("ch.noneFollowed")}</p>}
        {followed?.map((channel) => (
          <Link key={channel.id} to={placeOf(channel.id)} class="ch-row">
            <ChannelFace of={channel} size="sm" />
            <b class="ell">{channel.name}</b>
          </Link>
        ))}
      </div>
    </section>
  );
}
