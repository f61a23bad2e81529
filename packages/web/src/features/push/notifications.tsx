/**
 * Notifications: on or off, with names or without, and a test that shows each step's result in plain words (PU7).
 */
import { Bell, BellRing, CircleAlert, CircleCheck, Clock, UserRound } from "lucide";
import { useState } from "preact/hooks";
import { type MessageId, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, succeeds } from "../../shell/session.ts";
import { SettingSwitch } from "../../shell/setting.tsx";
import { testArrives } from "./notices.ts";
import { endSubscription, permit, StepFailed, subscription, tellHome, type Why } from "./subscribe.ts";
import { isWanted, showsNames } from "./wishes.ts";
import "./notices.css";

const steps = ["permission", "service", "home", "arrived"] as const;
type Step = (typeof steps)[number];
/** Progress of a test: the steps before `at` are done. */
type Try = { readonly at: Step | "done"; readonly why?: Why };

const arrivesMsMax = 20_000;

export function Notifications() {
  const [tried, setTried] = useState<Try | undefined>(undefined);
  const [isBusy, run] = useBusy();

  const turn = async (isOn: boolean) => {
    setTried(undefined);
    if (isOn) {
      const done = await register(setTried, false);
      isWanted.value = done;
      if (done) setTried(undefined);
    } else if (await succeeds(endSubscription)) isWanted.value = false;
  };
  const test = async () => {
    if (await register(setTried, true)) isWanted.value = true;
  };

  return (
    <section class="screen">
      <TopBar title={t("notices.title")} />
      <div class="scroll">
        <div class="group">
          <SettingSwitch
            icon={Bell}
            label={t("notices.on")}
            note={t("notices.onNote")}
            isOn={isWanted.value}
            testId="notices-on"
            onChange={(isOn) => void run(() => turn(isOn))}
          />
          <SettingSwitch
            icon={UserRound}
            label={t("notices.names")}
            note={t("notices.namesNote")}
            isOn={showsNames.value}
            testId="notices-names"
            onChange={(isOn) => {
              showsNames.value = isOn;
            }}
          />
        </div>
        <div class="group notice-test">
          <button
            type="button"
            class="btn soft"
            aria-busy={isBusy}
            data-testid="notices-test"
            onClick={() => void run(test)}
          >
            <Icon of={BellRing} size="s" />
            {t("push.test")}
          </button>
          {tried !== undefined && <Steps tried={tried} />}
        </div>
        <p class="hint notice-limit">{t("notices.limit")}</p>
      </div>
    </section>
  );
}

function Steps({ tried }: { tried: Try }) {
  const reached = tried.at === "done" ? steps.length : steps.indexOf(tried.at);
  return (
    <ol class="steps" aria-live="polite" data-testid="notices-steps" data-at={tried.at} data-why={tried.why}>
      {steps.slice(0, reached + 1).map((step, place) => {
        const isDone = place < reached;
        const why = isDone ? undefined : tried.why;
        const icon = isDone ? CircleCheck : why === undefined ? Clock : CircleAlert;
        return (
          <li key={step} class={isDone ? "done" : why === undefined ? "" : "failed-step"}>
            <Icon of={icon} size="s" />
            <span>
              {t(`notices.step.${step}` as MessageId)}
              {why !== undefined && <small>{t(`notices.why.${why}` as MessageId)}</small>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Runs the steps until one fails, and reports each. Returns whether this device is registered at home afterwards. */
async function register(tell: (step: Try) => void, isTest: boolean): Promise<boolean> {
  let at: Step = "permission";
  let isSubscribed = false;
  const reach = (step: Step) => {
    at = step;
    tell({ at });
  };
  try {
    reach("permission");
    await permit();
    reach("service");
    const made = await subscription();
    reach("home");
    await tellHome(made);
    isSubscribed = true;
    if (!isTest) return true;
    const arrives = testArrives(arrivesMsMax);
    const outcome = await api.testPush().catch(() => "unreachable" as const);
    if (outcome !== "sent") throw new StepFailed(outcome);
    reach("arrived");
    if (!(await arrives)) throw new StepFailed("late");
    tell({ at: "done" });
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    tell({ at, why: error.why });
  }
  return isSubscribed;
}
