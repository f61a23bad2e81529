/**
 * Sets up recovery: a card with 24 words, which is shown, printed and checked; or a passkey (docs/spec/identity.md
 * ID17, ID33). Afterwards the words are no longer on this device. A person with one of the two can add the other here.
 */
import type { Passkey, RecoveryCard } from "@yanshu/client";
import { Printer } from "lucide";
import { useState } from "preact/hooks";
import { useCanPasskeys } from "../../kit/recovery/passkey.ts";
import { locale, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Lazy, lazily } from "../../shell/lazy.ts";
import { Link } from "../../shell/link.tsx";
import { Logo } from "../../shell/mark.tsx";
import { Qr } from "../../shell/qr.tsx";
import { go, pendingLink } from "../../shell/router.ts";
import { api, attempt, useStatus } from "../../shell/session.ts";
import { AddPasskey } from "./add-passkey.tsx";
import "../../styles/print.css";
import "./way-back.css";

/** Not part of this bundle, because a new person needs none of these. */
const addByCard = lazily(() => import("./add-by-card.tsx").then((m) => m.AddByCard));
const giveCard = lazily(() => import("./add-by-card.tsx").then((m) => m.GiveCard));
const ways = lazily(() => import("./ways.tsx").then((m) => m.Ways));

/** `isNew`: this card replaces another, once it was checked (ID46). */
type Card = RecoveryCard & { readonly isNew: boolean };

/** The card's words in the reader's language. A word has the same index in every language's list, so all are equal. */
function wordsOf(card: Card, isChinese: boolean): { readonly lang: string; readonly words: readonly string[] } {
  const lang = locale.value === "zh-Hant" ? "zh-Hant" : "zh-Hans";
  return isChinese ? { lang, words: card.inChinese[lang] } : { lang: "en", words: card.words };
}

type Step =
  | { readonly at: "lead" | "by-card" | "kept" | "old-card" | "changed" }
  | { readonly at: "card" | "check"; readonly card: Card }
  | { readonly at: "passkey"; readonly passkey: Passkey };

/** Leaves for the pending link, if the person came by one, else for the chats. */
function leave(): void {
  go(pendingLink.peek() === undefined ? { name: "chats" } : { name: "opened-link" }, "replace");
}

export function WayBack() {
  const status = useStatus();
  const [step, setStep] = useState<Step>({ at: "lead" });
  const show = async (passkey?: Passkey) => {
    const card = await attempt(() => api.recoveryCard(passkey));
    if (card !== undefined) setStep({ at: "card", card: { ...card, isNew: false } });
  };
  const another = async (card: string) => {
    const next = await attempt(() => api.newCard({ card }));
    if (next !== undefined) setStep({ at: "card", card: { ...next, isNew: true } });
  };
  return (
    <section class="screen paper" data-testid="way-back-screen" data-step={step.at}>
      <TopBar title="" plain />
      <div class="scroll form-page">
        {step.at === "kept" ? (
          <Kept />
        ) : step.at === "changed" ? (
          <Changed />
        ) : step.at === "old-card" ? (
          <Lazy of={giveCard} onCard={(card) => void another(card)} />
        ) : step.at === "passkey" ? (
          <Made onCard={() => void show(step.passkey)} />
        ) : step.at === "by-card" ? (
          <Lazy of={addByCard} onDone={(passkey) => setStep({ at: "passkey", passkey })} />
        ) : step.at === "card" ? (
          <Shown card={step.card} onKept={() => setStep({ at: "check", card: step.card })} />
        ) : step.at === "check" ? (
          <Check
            card={step.card}
            onShow={() => setStep({ at: "card", card: step.card })}
            onDone={() => setStep({ at: step.card.isNew ? "changed" : "kept" })}
          />
        ) : status?.cardConfirmed === true ? (
          <Lazy
            of={ways}
            onCard={(passkey) => void show(passkey)}
            onAdd={() => setStep({ at: "by-card" })}
            onNewCard={() => setStep({ at: "old-card" })}
          />
        ) : (
          <Lead onShow={() => void show()} onPasskey={(passkey) => setStep({ at: "passkey", passkey })} />
        )}
      </div>
    </section>
  );
}

function Lead({ onShow, onPasskey }: { onShow: () => void; onPasskey: (passkey: Passkey) => void }) {
  const can = useCanPasskeys();
  return (
    <>
      <h1 class="brush ask">{t("back.title")}</h1>
      <p class="lead">{t("back.lead")}</p>
      <div class="paper-card card-sketch" aria-hidden="true">
        <Logo />
        <span class="rules" />
        <small>{t("back.cardNote")}</small>
      </div>
      <div class="alone-acts">
        <button type="button" class="btn fill" data-testid="show-card" onClick={onShow}>
          <Icon of={Printer} size="s" />
          {t("back.card")}
        </button>
        {can === true && <AddPasskey look="soft" onDone={onPasskey} />}
        <Link to={{ name: "way-back", part: "family" }} class="btn plain" data-testid="lead-family">
          {t("family.entry")}
        </Link>
        <button type="button" class="btn plain two-lines" data-testid="later" onClick={leave}>
          <span>{t("back.later")}</span>
          <small>{t("back.none")}</small>
        </button>
      </div>
    </>
  );
}

function Shown({ card, onKept }: { card: Card; onKept: () => void }) {
  const me = useStatus()?.me;
  const readsChinese = locale.value !== "en";
  const [isChinese, setChinese] = useState(readsChinese);
  const { lang, words } = wordsOf(card, isChinese);
  return (
    <>
      {card.isNew && <p class="lead">{t("newCard.shown")}</p>}
      <div class="paper-card words-card printed" data-testid="card">
        <div class="words-head">
          <Logo />
          <div class="grow">
            <h1 class="brush">{t("card.title")}</h1>
            <p>{me?.name}</p>
          </div>
        </div>
        <ol class={`words ${isChinese ? "han" : ""}`} aria-label={t("card.words")}>
          {words.map((word, place) => (
            <li key={place} lang={lang} translate={false}>
              <span aria-hidden="true">{place + 1}</span>
              <b>{word}</b>
            </li>
          ))}
        </ol>
        <div class="words-foot">
          <Qr text={card.code} label={t("card.title")} />
          <p>{t("card.note")}</p>
        </div>
      </div>
      {readsChinese && (
        <fieldset class="languages card-script" aria-label={t("card.script")}>
          {[true, false].map((one) => (
            <button
              key={`${one}`}
              type="button"
              aria-pressed={one === isChinese}
              data-testid={one ? "card-chinese" : "card-english"}
              onClick={() => setChinese(one)}
            >
              {t(one ? "card.chinese" : "card.english")}
            </button>
          ))}
        </fieldset>
      )}
      <div class="alone-acts">
        <button type="button" class="btn soft" onClick={() => print()}>
          <Icon of={Printer} size="s" />
          {t("card.print")}
        </button>
        <button type="button" class="btn fill" data-testid="card-kept" onClick={onKept}>
          {t("card.kept")}
        </button>
      </div>
    </>
  );
}

/** Two random indexes, one in each half: the words at which the person is asked, to check that they have the card. */
function twoPlaces(count: number): readonly [number, number] {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2));
  const half = Math.floor(count / 2);
  return [a % half, half + (b % (count - half))];
}

type CheckProps = {
  readonly card: Card;
  readonly onShow: () => void;
  readonly onDone: () => void;
};

function Check({ card, onShow, onDone }: CheckProps) {
  const [places] = useState(() => twoPlaces(card.words.length));
  const [answers, setAnswers] = useState<readonly [string, string]>(["", ""]);
  const [isWrong, setWrong] = useState(false);
  const check = async () => {
    const [first, second] = places;
    const said = [
      { place: first, word: answers[0].trim().toLowerCase() },
      { place: second, word: answers[1].trim().toLowerCase() },
    ];
    const isRight = await attempt(() => (card.isNew ? api.confirmNewCard(said) : api.confirmCard(said)));
    setWrong(isRight === false);
    if (isRight === true) onDone();
  };
  return (
    <form
      class="form-in"
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
    >
      <h1 class="brush ask">{t("card.check")}</h1>
      <p class="lead">{t("card.checkNote")}</p>
      {places.map((place, which) => (
        <label key={place} class="word-field">
          <span>{t("card.place", { n: place + 1 })}</span>
          <input
            class="line-field"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            data-testid={`card-word-${which}`}
            data-place={place}
            onInput={(event) => {
              const text = event.currentTarget.value;
              setAnswers(which === 0 ? [text, answers[1]] : [answers[0], text]);
            }}
          />
        </label>
      ))}
      <p class="hint bad" role="alert">
        {isWrong ? t("card.wrong") : ""}
      </p>
      <div class="alone-acts">
        <button
          type="submit"
          class="btn fill"
          disabled={answers.some((answer) => answer.trim() === "")}
          data-testid="card-check"
        >
          {t("card.check")}
        </button>
        <button type="button" class="btn plain" onClick={onShow}>
          {t("card.show")}
        </button>
      </div>
    </form>
  );
}

function Kept() {
  return (
    <>
      <div class="landed">
        <Logo size="l" />
        <h1 class="brush ask">{t("back.done")}</h1>
        <p class="lead">{t("back.doneNote")}</p>
      </div>
      <div class="alone-acts">
        <button type="button" class="btn fill" data-testid="way-back-done" onClick={leave}>
          {t("action.done")}
        </button>
      </div>
    </>
  );
}

/** The new card is valid now; passkey and family help must be set up anew. */
function Changed() {
  return (
    <>
      <div class="landed">
        <Logo size="l" />
        <h1 class="brush ask">{t("newCard.done")}</h1>
        <p class="lead">{t("newCard.doneNote")}</p>
        <p class="lead">{t("newCard.again")}</p>
      </div>
      <div class="alone-acts">
        <button type="button" class="btn fill" data-testid="way-back-done" onClick={leave}>
          {t("action.done")}
        </button>
      </div>
    </>
  );
}

/** The passkey is stored. Offers a card too, which survives the loss of the password manager's account. */
function Made({ onCard }: { onCard: () => void }) {
  return (
    <>
      <div class="landed">
        <Logo size="l" />
        <h1 class="brush ask">{t("passkey.done")}</h1>
        <p class="lead">{t("passkey.doneNote")}</p>
        <p class="lead">{t("passkey.cardNote")}</p>
      </div>
      <div class="alone-acts">
        <button type="button" class="btn fill" data-testid="way-back-done" onClick={leave}>
          {t("action.done")}
        </button>
        <button type="button" class="btn plain" data-testid="card-too" onClick={onCard}>
          {t("passkey.cardToo")}
        </button>
      </div>
    </>
  );
}
