/**
 * The signed-in device: scans the new one's code, compares the four words, lets it in.
 */
import { useEffect, useState } from "preact/hooks";
import { SameWords } from "../../kit/link-words.tsx";
import { Scan } from "../../kit/scan/scan.tsx";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Logo } from "../../shell/mark.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { go, pendingLink, setPendingLink } from "../../shell/router.ts";
import { api, succeeds, useView } from "../../shell/session.ts";

export function LinkDevice() {
  const linking = useView("linking");
  // A link that the person opened by hand is asked about; one that they scanned here is not.
  const [opened, setOpened] = useState(() => pendingLink.peek());
  const [isLinking, setLinking] = useState(false);
  useEffect(() => {
    setPendingLink(undefined);
    return () => void api.cancelLinking().catch(() => undefined);
  }, []);
  const begin = async (link: string) => {
    setOpened(undefined);
    setLinking(true);
    if (!(await succeeds(() => api.scanDevice(link)))) setLinking(false);
  };

  if (!isLinking && (linking?.side !== "old" || linking.step === "done" || linking.step === "stopped")) {
    if (opened === undefined) {
      return <Scan title={t("devices.link")} note={t("link.scanHow")} onFound={(link) => void begin(link)} />;
    }
    return (
      <Frame>
        <h1 class="brush ask">{t("link.ask")}</h1>
        <p class="lead">{t("link.askNote")}</p>
        <div class="alone-acts">
          <button type="button" class="btn fill" data-testid="link-go" onClick={() => void begin(opened)}>
            {t("link.go")}
          </button>
          <button type="button" class="btn plain" onClick={() => go({ name: "devices" }, "replace")}>
            {t("action.cancel")}
          </button>
        </div>
      </Frame>
    );
  }
  return (
    <Frame step={linking?.side === "old" ? linking.step : ""}>
      {linking?.side === "old" && <Step linking={linking} onAgain={() => setLinking(false)} />}
    </Frame>
  );
}

function Frame({ step, children }: { step?: string; children: preact.ComponentChildren }) {
  return (
    <section class="screen paper" data-testid="link-old" data-step={step}>
      <TopBar title={t("devices.link")} plain />
      <div class="scroll linking" aria-live="polite">
        {children}
      </div>
    </section>
  );
}

type Old = Extract<NonNullable<ReturnType<typeof useView<"linking">>>, { step: unknown }>;

function Step({ linking, onAgain }: { linking: Old; onAgain: () => void }) {
  switch (linking.step) {
    case "waiting":
      return <p class="lead">{t("link.waiting")}</p>;
    case "compare":
      return (
        <SameWords
          title={t("link.look")}
          words={linking.words}
          same={t("link.same")}
          differ={t("link.differ")}
          testId="words"
          onAnswer={(isSame) => api.confirmWords(isSame)}
        />
      );
    case "adding":
      return (
        <>
          <p class="lead">{t("link.adding", { done: linking.done, of: linking.of })}</p>
          <progress value={linking.done} max={linking.of} aria-label={t("devices.link")} />
        </>
      );
    case "done":
      return (
        <>
          <Logo size="l" />
          <h1 class="brush ask">{t("link.done")}</h1>
          <p class="lead">{t("link.doneNote")}</p>
          <button
            type="button"
            class="btn fill"
            data-testid="link-finish"
            onClick={() => go({ name: "devices" }, "replace")}
          >
            {t("action.done")}
          </button>
        </>
      );
    case "stopped":
      return (
        <Nothing title={t("link.stopped")} note={t(`error.${linking.why}`)}>
          <button type="button" class="btn fill" onClick={onAgain}>
            {t("store.retry")}
          </button>
        </Nothing>
      );
    default:
      return null; // The new device's steps are shown there.
  }
}
