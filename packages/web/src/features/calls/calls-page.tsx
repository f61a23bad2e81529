/** The page “Calls” of the settings: which network paths for voice work from here, in plain words. */
import { useSignal } from "@preact/signals";
import { CircleCheck, CircleDashed, CircleX, type IconNode, RotateCw } from "lucide";
import { useEffect } from "preact/hooks";
import "../../styles/settings.css";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api } from "../../shell/session.ts";
import { hasCalls } from "./call.ts";
import { type Outcome, sumOf, tryWays, type Way, type Ways } from "./ways.ts";
import "./calls.css";

const untried: Ways = { direct: "trying", udp: "trying", tcp: "trying", tls: "trying" };
const order: readonly Way[] = ["direct", "udp", "tcp", "tls"];
const icons: Readonly<Record<Outcome, IconNode>> = {
  trying: CircleDashed,
  works: CircleCheck,
  blocked: CircleX,
  absent: CircleDashed,
};

export function CallsPage() {
  const ways = useSignal<Ways>(untried);
  const isHomeAway = useSignal(false);
  const tries = useSignal(0);
  const has = hasCalls();
  useEffect(() => {
    if (!has) return;
    let isGone = false;
    ways.value = untried;
    isHomeAway.value = false;
    const told = (way: Way, outcome: Outcome) => {
      if (!isGone) ways.value = { ...ways.peek(), [way]: outcome };
    };
    void api.tryCalls().then(
      (relay) => tryWays(relay, told),
      () => {
        if (!isGone) isHomeAway.value = true;
      },
    );
    return () => {
      isGone = true;
    };
  }, [has, tries.value]);
  const isTried = sumOf(ways.value) !== "call.sum.trying" || isHomeAway.value;
  return (
    <section class="screen" data-testid="calls-page">
      <TopBar title={t("call.page")} />
      <div class="scroll">
        {has && !isHomeAway.value && (
          <ul class="group" aria-label={t("call.page")}>
            {order.map((way) => (
              <li class="set" key={way} data-testid={`way-${way}`} data-is={ways.value[way]}>
                <span class="ico">
                  <Icon of={icons[ways.value[way]]} />
                </span>
                <span class="x">
                  <span>
                    {t(`call.way.${way}`)}
                    <small>{t(`call.wayNote.${way}`)}</small>
                  </span>
                  <span class="v">{t(`call.is.${ways.value[way]}`)}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
        <div class="call-ways">
          <p class="call-sum" role="status" data-testid="calls-sum">
            {t(!has ? "call.sum.noCalls" : isHomeAway.value ? "call.sum.away" : sumOf(ways.value))}
          </p>
          {has && <p>{t("call.wayTried")}</p>}
          {has && (
            <button
              type="button"
              class="btn soft"
              data-testid="calls-again"
              disabled={!isTried}
              onClick={() => tries.value++}
            >
              <Icon of={RotateCw} size="s" />
              {t("call.mic.again")}
            </button>
          )}
        </div>
      </div>
    </section>
  );
}
