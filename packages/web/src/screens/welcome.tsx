/**
 * Welcome: the language, then name and avatar for a new account. A person with an account links this device by a code,
 * or uses the recovery card. After a new account is made, it is offered a way of recovery.
 */
import type { LinkPreview } from "@yanshu/client";
import { ScanLine } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { FacePicker } from "../kit/face-picker.tsx";
import { sealOf } from "../kit/picture.ts";
import { localeNames, locales, t } from "../locales/i18n.ts";
import { CallError } from "../rpc.ts";
import { Mosaic } from "../shell/avatar.tsx";
import { BackButton } from "../shell/bar.tsx";
import { Icon } from "../shell/icon.tsx";
import { Link } from "../shell/link.tsx";
import { useLinkCard } from "../shell/link-card.ts";
import { Logo } from "../shell/mark.tsx";
import { wantedLocale } from "../shell/prefs.ts";
import { go, pendingLink, route, setPendingLink } from "../shell/router.ts";
import { api, attempt, errorWords, useView } from "../shell/session.ts";
import { Slot } from "../shell/slot.tsx";

/** Kept across the steps, so that going back finds the input. */
const written: { name: string; picture: Uint8Array | undefined } = { name: "", picture: undefined };

/** A started recovery by family is opened once; after that the person can go to the other steps. */
let isLedBack = false;

export function Welcome() {
  const here = route.value;
  const back = useView("family")?.back.step ?? "none";
  useEffect(() => {
    if (back === "none" || isLedBack) return;
    isLedBack = true;
    const there = route.peek();
    if (there.name === "welcome" ? there.step === "start" : there.name === "chats")
      go({ name: "welcome", step: "card" });
  }, [back]);
  if (here.name === "scan") {
    return (
      <main class="page">
        <Slot name="scan" onFound={takeInvitation} />
      </main>
    );
  }
  const step = here.name === "welcome" ? here.step : "start";
  switch (step) {
    case "start":
      return <Start />;
    case "name":
      return <Name />;
    case "invite":
      return <Invite />;
    case "link":
      return (
        <main class="page">
          <Slot name="linkNew" />
        </main>
      );
    case "card":
      return (
        <main class="page">
          <Slot name="restore" />
        </main>
      );
    default:
      return step satisfies never;
  }
}

function takeInvitation(link: string): void {
  setPendingLink(link);
  go({ name: "welcome", step: "name" }, "replace");
}

function Start() {
  const link = pendingLink.value;
  const preview = usePreview(link);
  const isFromSomebody = typeof preview === "object" && (preview.kind === "contact" || preview.kind === "group");
  // The preview arrives a moment later. By its form the link is guessed, so that the layout does not change then.
  const isLetter = isFromSomebody || (preview === undefined && /(^|#)[cg]\//.test(link ?? ""));
  return (
    <main class="alone welcome">
      <fieldset class="languages" aria-label={t("welcome.language")}>
        {locales.map((one) => (
          <button
            key={one}
            type="button"
            lang={one}
            aria-pressed={wantedLocale.value === one}
            data-testid={`language-${one}`}
            onClick={() => {
              wantedLocale.value = one;
            }}
          >
            {localeNames[one]}
          </button>
        ))}
      </fieldset>
      {isLetter && link !== undefined ? (
        <Inviting link={link} preview={isFromSomebody ? preview : undefined} />
      ) : (
        <>
          <div class="paper-card poem-card">
            <p class="poem brush" aria-hidden="true" lang={wantedLocale.value === "zh-Hant" ? "zh-Hant" : "zh-Hans"}>
              <span>{t("welcome.poem1")}</span>
              <span>{t("welcome.poem2")}</span>
              <span>{t("welcome.poem3")}</span>
            </p>
            <div class="poem-foot">
              <div class="grow">
                <h1 class="brush">{t("app.name")}</h1>
                <p>{t("welcome.title")}</p>
              </div>
              <Logo size="l" />
            </div>
          </div>
          {link !== undefined && <Invitation preview={preview} />}
        </>
      )}
      <div class="alone-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="start"
          onClick={() => go({ name: "welcome", step: link === undefined ? "invite" : "name" })}
        >
          {t("welcome.start")}
        </button>
        <button
          type="button"
          class="btn plain"
          data-testid="used"
          onClick={() => go({ name: "welcome", step: "link" })}
        >
          {t("welcome.used")}
        </button>
      </div>
    </main>
  );
}

function usePreview(link: string | undefined): LinkPreview | string | undefined {
  const [preview, setPreview] = useState<LinkPreview | string | undefined>(undefined);
  useEffect(() => {
    setPreview(undefined);
    if (link !== undefined) api.readLink(link).then(setPreview, (error: unknown) => setPreview(errorWords(error)));
  }, [link]);
  return preview;
}

type Inviter = Extract<LinkPreview, { kind: "contact" | "group" }>;

/**
 * An invitation with the name and avatar of the person or group, before anything is asked.
 */
function Inviting({ link, preview }: { link: string; preview: Inviter | undefined }) {
  const card = useLinkCard(link);
  const name = card?.name ?? preview?.name ?? "";
  const faces = card?.faces ?? (preview === undefined ? [] : [preview.face]);
  return (
    <>
      <div class="paper-card poem-card invite-card" data-testid="invitation">
        {faces.length > 0 && <Mosaic faces={faces} size="xxl" />}
        {preview !== undefined && (
          <>
            <h1 class="brush person-name">{name}</h1>
            <p>{t(preview.kind === "contact" ? "friend.invites" : "join.title")}</p>
          </>
        )}
        <span class="corner">
          <Logo />
        </span>
      </div>
      <p class="invitation">
        <b class="brush">{t("app.name")}</b>
        {t("welcome.title")}
      </p>
    </>
  );
}

/** For an invitation of a home, the home's name; or why the link is not usable. */
function Invitation({ preview }: { preview: LinkPreview | string | undefined }) {
  if (typeof preview === "string") return <p class="invitation bad">{preview}</p>;
  if (preview?.kind !== "invite") return null; // The link invites nobody to a home.
  return (
    <p class="invitation" data-testid="invitation">
      {t("invite.home", { server: preview.server })}
    </p>
  );
}

/** Asks for an invitation link: without one nobody can register at a home. */
function Invite() {
  const [link, setLink] = useState("");
  return (
    <main>
      <form
        class="alone"
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(() => api.readLink(link)).then((preview) => {
            if (preview !== undefined) takeInvitation(link.trim());
          });
        }}
      >
        <header class="bar">
          <BackButton />
        </header>
        <h1 class="brush ask">{t("invite.title")}</h1>
        <p class="lead">{t("invite.note")}</p>
        <input
          class="line-field"
          type="text"
          inputMode="url"
          aria-label={t("invite.label")}
          placeholder={t("scan.pasteHint")}
          autocomplete="off"
          data-testid="invite-link"
          onInput={(event) => setLink(event.currentTarget.value)}
        />
        <Link to={{ name: "scan" }} class="btn soft spaced" data-testid="scan">
          <Icon of={ScanLine} size="s" />
          {t("scan.title")}
        </Link>
        <div class="alone-acts">
          <button type="submit" class="btn fill" disabled={link.trim() === ""} data-testid="next">
            {t("name.next")}
          </button>
        </div>
      </form>
    </main>
  );
}

/** Refusals that are final: the link has expired or is used up (docs/spec/delivery.md DS140). */
const linkIsOver: ReadonlySet<string> = new Set(["invite-expired", "invite-used-up", "link-reset", "link-used-up"]);

function Name() {
  const [name, setName] = useState(written.name);
  const [picture, setPicture] = useState(written.picture);
  const [isCreating, setCreating] = useState(false);
  /** Why the link cannot be used any more; another one is needed. */
  const [over, setOver] = useState<string>();
  const link = pendingLink.value;
  useEffect(() => {
    if (link === undefined && !isCreating) go({ name: "welcome", step: "invite" }, "replace");
  }, [link, isCreating]);
  written.name = name;
  written.picture = picture;

  const create = async () => {
    if (link === undefined || name.trim() === "" || isCreating) return;
    setCreating(true);
    setOver(undefined);
    const preview = await attempt(async () => {
      const read = await api.readLink(link);
      try {
        await api.createAccount({ name: name.trim(), link, ...(picture === undefined ? {} : { picture }) });
      } catch (error) {
        if (!(error instanceof CallError) || !linkIsOver.has(error.code)) throw error;
        setOver(errorWords(error));
        return undefined;
      }
      return read;
    });
    if (preview === undefined) {
      setCreating(false);
      return;
    }
    // An invitation is used up. A person's or a group's link is opened after the page of recovery.
    if (preview.kind !== "contact" && preview.kind !== "group") setPendingLink(undefined);
    go({ name: "way-back" }, "replace");
  };

  return (
    <main>
      <form
        class="alone"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <header class="bar">
          <BackButton />
        </header>
        <h1 class="brush ask">{t("name.ask")}</h1>
        <p class="lead">{t("name.note")}</p>
        <FacePicker
          face={{ seal: sealOf(name), pigment: 1, ...(picture === undefined ? {} : { picture }) }}
          onPick={setPicture}
        />
        <input
          class="line-field"
          aria-label={t("name.label")}
          autocomplete="name"
          maxLength={64}
          defaultValue={name}
          data-testid="name"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <p class="hint">{t("name.seal")}</p>
        {over !== undefined && (
          <p class="hint bad" role="alert" data-testid="invite-over">
            {over}
          </p>
        )}
        <div class="alone-acts">
          {over === undefined ? (
            <button
              type="submit"
              class="btn fill"
              disabled={name.trim() === ""}
              aria-busy={isCreating}
              data-testid="next"
            >
              {isCreating ? t("welcome.creating") : t("name.next")}
            </button>
          ) : (
            <button
              type="button"
              class="btn fill"
              data-testid="other-invite"
              onClick={() => {
                setPendingLink(undefined);
                go({ name: "welcome", step: "invite" }, "replace");
              }}
            >
              {t("invite.other")}
            </button>
          )}
        </div>
      </form>
    </main>
  );
}
