/**
 * Recovery by the family, on the new device (docs/spec/identity.md ID38): a code and four words for each of two
 * helpers, a delay of a day, then the same as with the card. It survives a reload of the page.
 */
import type { FamilyBackView, FamilyMeeting } from "@yanshu/client";
import { Copy, PhoneCall } from "lucide";
import { useEffect } from "preact/hooks";
import { LinkWords } from "../../kit/link-words.tsx";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Logo } from "../../shell/mark.tsx";
import { Qr } from "../../shell/qr.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { copyText } from "../../shell/share.ts";
import { confirm } from "../../shell/sheet.tsx";
import { whenWords } from "./when.ts";
import "./family.css";

/** How long before its end a code is renewed, so that nobody scans an expired one. */
const renewBeforeMs = 20_000;

const meetHelper = () => void attempt(() => api.meetHelper());

/** @param onReady called when the family has helped and the person continues; the account can be recovered then. */
export function FamilyBack({ onReady }: { onReady: () => void }) {
  const back = useView("family")?.back;
  if (back === undefined) return null;
  return (
    <div class="family-back" data-testid="family-back" data-step={stepOf(back)} aria-live="polite">
      <Step back={back} onReady={onReady} />
      {back.step !== "none" && (
        <button type="button" class="btn plain" data-testid="family-leave" onClick={() => void leave()}>
          {t("comeback.leave")}
        </button>
      )}
    </div>
  );
}

function stepOf(back: FamilyBackView): string {
  return back.step === "pieces" ? (back.meeting?.kind ?? "between") : back.step;
}

async function leave(): Promise<void> {
  const yes = await confirm({
    title: t("comeback.leaveAsk"),
    note: t("comeback.leaveNote"),
    action: t("comeback.leave"),
    danger: true,
  });
  if (yes) await attempt(() => api.cancelFamilyBack());
}

function namesOf(helped: readonly string[]): string {
  return new Intl.ListFormat(locale.value, { type: "conjunction" }).format(helped);
}

function Step({ back, onReady }: { back: FamilyBackView; onReady: () => void }) {
  switch (back.step) {
    case "none":
      return <Begin title={t("comeback.title")} note={t("comeback.lead")} />;
    case "pieces":
      return <Pieces back={back} />;
    case "waiting":
      return (
        <Notice
          title={
            back.dueAtMs === undefined ? t("comeback.asking") : t("comeback.waiting", { when: whenWords(back.dueAtMs) })
          }
          note={t("comeback.waitingNote", { names: namesOf(back.helped) })}
        />
      );
    case "ready":
      return (
        <Notice title={t("comeback.ready")} note={t("comeback.readyNote", { names: namesOf(back.helped) })}>
          <button type="button" class="btn fill" data-testid="family-ready" onClick={onReady}>
            {t("comeback.go")}
          </button>
        </Notice>
      );
    case "over":
      return <Over why={back.why} />;
    default:
      return back satisfies never;
  }
}

function Notice({ title, note, children }: { title: string; note: string; children?: preact.ComponentChildren }) {
  return (
    <>
      <div class="landed">
        <Logo size="l" />
        <h1 class="brush ask">{title}</h1>
        <p class="lead">{note}</p>
      </div>
      <div class="family-acts">{children}</div>
    </>
  );
}

function Begin({ title, note }: { title: string; note: string }) {
  return (
    <Notice title={title} note={note}>
      <button type="button" class="btn fill" data-testid="family-begin" onClick={meetHelper}>
        <Icon of={PhoneCall} size="s" />
        {t("comeback.begin")}
      </button>
    </Notice>
  );
}

function Pieces({ back }: { back: Extract<FamilyBackView, { step: "pieces" }> }) {
  const { helped, meeting, fault } = back;
  return (
    <>
      {helped.length > 0 && (
        <p class="helped" data-testid="family-helped">
          {t("comeback.helped", { names: namesOf(helped) })}
        </p>
      )}
      <p class="hint bad" role="alert" data-testid="family-fault">
        {fault !== undefined && meeting?.kind !== "compare" && t(`fault.${fault}`)}
      </p>
      {meeting === undefined ? (
        <Begin title={t(helped.length === 0 ? "comeback.first" : "comeback.second")} note={t("comeback.lead")} />
      ) : meeting.kind === "code" ? (
        <Code meeting={meeting} title={t(helped.length === 0 ? "comeback.first" : "comeback.second")} />
      ) : (
        <>
          <h1 class="brush ask">{t("comeback.by", { name: meeting.by })}</h1>
          <p class="lead">{t("comeback.words")}</p>
          <LinkWords words={meeting.words} />
          <p class="lead">{t("comeback.onTheirs", { name: meeting.by })}</p>
        </>
      )}
    </>
  );
}

function Code({ meeting, title }: { meeting: Extract<FamilyMeeting, { kind: "code" }>; title: string }) {
  const { link, expiresAtMs } = meeting;
  useEffect(() => {
    const timer = setTimeout(meetHelper, Math.max(1_000, expiresAtMs - Date.now() - renewBeforeMs));
    return () => clearTimeout(timer);
  }, [expiresAtMs]);
  return (
    <>
      <h1 class="brush ask">{title}</h1>
      <p class="lead">{t("comeback.ask")}</p>
      <div class="paper-card code-card">
        <Qr text={link} label={t("comeback.code")} testId="family-code" />
      </div>
      <button type="button" class="tb" data-testid="copy-family-code" onClick={() => void copyText(link)}>
        <Icon of={Copy} size="s" />
        {t("comeback.copy")}
      </button>
    </>
  );
}

function Over({ why }: { why: Extract<FamilyBackView, { step: "over" }>["why"] }) {
  const note = { stopped: "comeback.stoppedNote", over: "comeback.overNote", none: "comeback.noneNote" } as const;
  const again = () => void attempt(() => api.askFamilyAgain());
  const anew = () =>
    void attempt(async () => {
      await api.cancelFamilyBack();
      await api.meetHelper();
    });
  return (
    <Notice title={t(why === "stopped" ? "comeback.stopped" : "comeback.over")} note={t(note[why])}>
      <button type="button" class="btn soft" data-testid="family-again" onClick={why === "none" ? anew : again}>
        {t(why === "none" ? "comeback.anew" : "comeback.again")}
      </button>
    </Notice>
  );
}
