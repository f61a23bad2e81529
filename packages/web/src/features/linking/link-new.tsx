/**
 * The new device: shows a code that a signed-in one scans, then the four words, then waits to be let in.
 */
import type { LinkedPerson } from "@yanshu/client";
import { Check, Copy } from "lucide";
import { useEffect } from "preact/hooks";
import { LinkWords } from "../../kit/link-words.tsx";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { Logo } from "../../shell/mark.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { Qr } from "../../shell/qr.tsx";
import { go, pendingLink } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { copyText } from "../../shell/share.ts";

/** How long before its end a code is renewed, so that nobody scans an expired one. */
const renewBeforeMs = 20_000;

/** Who came by a link of this server, and has the app of one that is gone, goes on in that app (WE261). */
function ServerGone() {
  const link = pendingLink.value;
  if (link === undefined) return null;
  return (
    <div class="server-gone" data-testid="server-gone">
      <p class="hint">{t("link.serverGone")}</p>
      <button
        type="button"
        class="tb"
        data-testid="copy-invite"
        onClick={() => void copyText(new URL(`/#${link.replace(/^.*#/s, "")}`, location.href).href)}
      >
        <Icon of={Copy} size="s" />
        {t("link.copyInvite")}
      </button>
    </div>
  );
}

export function LinkNew() {
  const linking = useView("linking");
  const start = () => void attempt(() => api.startLinking());
  useEffect(() => {
    start();
    return () => {
      // The person went back before anybody scanned: the code is cancelled.
      void api.cancelLinking().catch(() => undefined);
    };
  }, []);
  const expiresAtMs = linking?.side === "new" && linking.step === "show" ? linking.expiresAtMs : undefined;
  useEffect(() => {
    if (expiresAtMs === undefined) return undefined;
    const timer = setTimeout(start, Math.max(1_000, expiresAtMs - Date.now() - renewBeforeMs));
    return () => clearTimeout(timer);
  }, [expiresAtMs]);

  return (
    <section
      class="screen paper alone-screen"
      data-testid="link-new"
      data-step={linking?.side === "new" ? linking.step : ""}
    >
      <TopBar title={t("link.here")} plain />
      <div class="scroll linking" aria-live="polite">
        {linking?.side === "new" && <Step linking={linking} onAgain={start} />}
      </div>
    </section>
  );
}

type Comparing = Extract<New, { side: "new"; step: "compare" }>;

/**
 * Shows the account and the four words. The device joins only after a tap; data of another account on it is deleted.
 */
function Compare({ words, who, forgets, agreed }: Comparing) {
  return (
    <>
      <p class="who" data-testid="link-who">
        <Avatar face={who.face} size="lg" />
        <span>{t("link.who", { name: nameOf(who) })}</span>
      </p>
      <h1 class="brush ask">{t("link.words")}</h1>
      {(agreed || forgets === undefined) && <p class="lead">{agreed ? t("link.agreed") : t("link.onBoth")}</p>}
      <LinkWords words={words} />
      {!agreed && forgets !== undefined && (
        <>
          <p class="lead" data-testid="link-forgets">
            {t("link.forgets", { name: nameOf(forgets) })}
          </p>
          <div class="alone-acts">
            {/* Keeping the old data is the safe answer, so its button is the prominent one. */}
            <Answer join={false} as="fill" text={t("link.keep")} />
            <Answer join as="danger" text={t("link.join")} />
          </div>
        </>
      )}
      {!agreed && forgets === undefined && (
        <div class="alone-acts">
          <Answer join as="fill" text={t("link.join")} />
          <Answer join={false} as="plain" text={t("link.differ")} />
        </div>
      )}
    </>
  );
}

function Answer({ join, as, text }: { join: boolean; as: "fill" | "danger" | "plain"; text: string }) {
  return (
    <button
      type="button"
      class={`btn ${as}`}
      data-testid={join ? "join-yes" : "join-no"}
      onClick={() => void attempt(() => api.confirmJoin(join))}
    >
      {text}
    </button>
  );
}

/** The name; without one, the beginning of the account id. */
function nameOf({ name, account }: LinkedPerson): string {
  return name === "" ? account.slice(0, 8) : name;
}

type New = Extract<NonNullable<ReturnType<typeof useView<"linking">>>, { step: unknown }>;

function Step({ linking, onAgain }: { linking: New; onAgain: () => void }) {
  switch (linking.step) {
    case "show":
      return (
        <>
          <h1 class="brush ask">{t("link.title")}</h1>
          <p class="lead">{t("link.how")}</p>
          <div class="paper-card code-card">
            <Qr text={linking.link} label={t("link.code")} testId="device-link" />
          </div>
          <button type="button" class="tb" data-testid="copy-device-link" onClick={() => void copyText(linking.link)}>
            <Icon of={Copy} size="s" />
            {t("link.copy")}
          </button>
          <p class="hint">{t("link.after")}</p>
          <Link to={{ name: "welcome", step: "card" }} class="btn plain" data-testid="use-card">
            {t("restore.entry")}
          </Link>
          <ServerGone />
        </>
      );
    case "compare":
      return linking.side === "new" ? <Compare {...linking} /> : null;
    case "joining":
      return (
        <>
          <h1 class="brush ask">{t("link.words")}</h1>
          <p class="lead">{t("link.moving")}</p>
          <LinkWords words={linking.words} />
          <progress aria-label={t("link.moving")} />
        </>
      );
    case "done":
      return (
        <>
          <Logo size="l" />
          <h1 class="brush ask">{t("link.done")}</h1>
          <p class="lead">{t("link.doneNote")}</p>
          <button type="button" class="btn fill" onClick={() => go({ name: "chats" }, "replace")}>
            <Icon of={Check} size="s" />
            {t("action.done")}
          </button>
        </>
      );
    case "stopped":
      return (
        <Nothing title={t("link.stopped")} note={t(`error.${linking.why}`)}>
          <button type="button" class="btn fill" data-testid="link-again" onClick={onAgain}>
            {t("link.renew")}
          </button>
        </Nothing>
      );
    default:
      return null; // The other side's steps are shown there.
  }
}
