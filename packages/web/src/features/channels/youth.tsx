/**
 * Limits of a child (docs/spec/channels.md CH66, CH67): minutes a day, the night, and For You. Who set them here may
 * ask somebody else to decide; whom others asked finds them below.
 */
import type { ChannelsYouthView, ChannelWardView } from "@yanshu/client";
import { Compass, Hourglass, MoonStar, ShieldCheck, UserRoundCheck, UserRoundX } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Choice } from "../../shell/choice.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { confirm } from "../../shell/sheet.tsx";
import { clockWords, minutesOf } from "./hours.ts";
import "./channels.css";

type Limits = ChannelsYouthView["limits"];
const minuteMs = 60_000;
const minutesChoices = [15, 20, 30, 40, 60, 90, 120] as const;

export function Youth() {
  const youth = useView("channelsYouth");
  const wards = useView("channelsWards");
  return (
    <section class="screen" data-testid="channel-youth" aria-busy={youth === undefined}>
      <TopBar title={t("ch.youth")} />
      <div class="scroll">
        {youth !== undefined && <Own youth={youth} />}
        {wards?.map((ward) => (
          <Ward key={ward.person.account} ward={ward} />
        ))}
      </div>
    </section>
  );
}

function Own({ youth }: { readonly youth: ChannelsYouthView }) {
  const { limits, guardian, mayChange, leftMs } = youth;
  const left = leftMs === undefined ? undefined : t("ch.youthLeft", { n: Math.ceil(leftMs / minuteMs) });
  const set = (next: Limits) => void attempt(() => api.setChannelsYouth({ limits: next }));
  if (!mayChange && guardian !== undefined)
    return (
      <div class="group" data-testid="youth-held">
        <h2 class="ch-sub">{t("ch.youthBy", { name: guardian.name })}</h2>
        <Kept limits={limits} />
        <Note words={[left, t("ch.youthByNote", { name: guardian.name })]} />
      </div>
    );
  return (
    <div class="group">
      <SettingSwitch
        icon={ShieldCheck}
        label={t("ch.youthOn")}
        isOn={limits.isOn}
        testId="youth-on"
        onChange={(isOn) => set({ ...limits, isOn })}
      />
      {limits.isOn && <Fields limits={limits} onChange={set} />}
      {limits.isOn && <AskGuardian limits={limits} />}
      <Note words={[left, t("ch.youthNote")]} />
    </div>
  );
}

/** Where somebody else decides. */
function Kept({ limits }: { readonly limits: Limits }) {
  return (
    <dl class="ch-kept">
      <dt>{t("ch.youthDay")}</dt>
      <dd>{t("ch.youthMinutes", { n: limits.minutes })}</dd>
      <dt>{t("ch.youthNight")}</dt>
      <dd>
        {clockWords(limits.closedFrom)}–{clockWords(limits.closedTo)}
      </dd>
      <dt>{t("ch.forYou")}</dt>
      <dd>{limits.forYou ? t("ch.youthForYou") : t("ch.closed.forYou")}</dd>
    </dl>
  );
}

function Note({ words }: { readonly words: readonly (string | undefined)[] }) {
  return <p class="ch-youth-note">{words.map((one) => one !== undefined && <span key={one}>{one}</span>)}</p>;
}

type FieldsProps = { readonly limits: Limits; readonly onChange: (next: Limits) => void };

function Fields({ limits, onChange }: FieldsProps) {
  const [isChoosing, setChoosing] = useState(false);
  const words = (n: number) => t("ch.youthMinutes", { n });
  const hour = (label: string, key: "closedFrom" | "closedTo") => (
    <label>
      <span>{label}</span>
      <input
        type="time"
        value={clockWords(limits[key])}
        data-testid={`youth-${key}`}
        onChange={(event) => {
          const minutes = minutesOf(event.currentTarget.value);
          if (minutes !== undefined) onChange({ ...limits, [key]: minutes });
        }}
      />
    </label>
  );
  return (
    <>
      <SettingButton
        icon={Hourglass}
        label={t("ch.youthDay")}
        value={words(limits.minutes)}
        testId="youth-minutes"
        onClick={() => setChoosing(true)}
      />
      <div class="set ch-hours">
        <span class="ico">
          <Icon of={MoonStar} />
        </span>
        <fieldset class="x">
          <legend>{t("ch.youthNight")}</legend>
          <span class="ch-hours-in">
            {hour(t("ch.youthFrom"), "closedFrom")}
            {hour(t("ch.youthTo"), "closedTo")}
          </span>
        </fieldset>
      </div>
      <SettingSwitch
        icon={Compass}
        label={t("ch.youthForYou")}
        isOn={limits.forYou}
        testId="youth-for-you"
        onChange={(forYou) => onChange({ ...limits, forYou })}
      />
      {isChoosing && (
        <Choice
          title={t("ch.youthDay")}
          options={minutesChoices.map((n) => ({ value: `${n}`, label: words(n) }))}
          chosen={`${limits.minutes}`}
          onChoose={(value) => onChange({ ...limits, minutes: Number(value) })}
          onClose={() => setChoosing(false)}
        />
      )}
    </>
  );
}

function AskGuardian({ limits }: { readonly limits: Limits }) {
  const contacts = useView("contacts")?.filter(({ blocked, conversation }) => !blocked && conversation !== undefined);
  const [isChoosing, setChoosing] = useState(false);
  const asks = async (guardian: string) => {
    const name = contacts?.find(({ account }) => account === guardian)?.name ?? "";
    const yes = await confirm({
      title: t("ch.youthAskTitle", { name }),
      note: t("ch.youthAskMore", { name }),
      action: t("ch.youthAskYes", { name }),
    });
    if (yes) await attempt(() => api.setChannelsYouth({ limits, guardian }));
  };
  return (
    <>
      <SettingButton
        icon={UserRoundCheck}
        label={t("ch.youthAsk")}
        note={t("ch.youthAskNote")}
        testId="youth-ask"
        onClick={() => setChoosing(true)}
      />
      {isChoosing && (
        <Choice
          title={t("ch.youthAsk")}
          options={(contacts ?? []).map(({ account, name }) => ({ value: account, label: name }))}
          chosen=""
          onChoose={(account) => void asks(account)}
          onClose={() => setChoosing(false)}
        />
      )}
    </>
  );
}

/** Somebody who asked this person to decide. */
function Ward({ ward: { person, limits } }: { readonly ward: ChannelWardView }) {
  const set = (next: Limits) => void attempt(() => api.setWardLimits(person.account, next));
  const letGo = async () => {
    const { name } = person;
    const yes = await confirm({ title: t("ch.wardLetGoAsk", { name }), action: t("ch.wardLetGo"), danger: true });
    if (yes) set({ ...limits, isOn: false });
  };
  return (
    <div class="group" data-testid="youth-ward">
      <h2 class="ch-sub">{t("ch.ward", { name: person.name })}</h2>
      <Fields limits={limits} onChange={(next) => set({ ...next, isOn: true })} />
      <SettingButton
        icon={UserRoundX}
        label={t("ch.wardLetGo")}
        danger
        testId="ward-let-go"
        onClick={() => void letGo()}
      />
      <Note words={[t("ch.wardNote", { name: person.name })]} />
    </div>
  );
}
