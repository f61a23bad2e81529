/**
 * One item of a conversation: a bubble with its state, a system line, or a notice that needs a look.
 *
 * These are plain functions of what is shown, not components: hundreds of rows pass in a fling, and each component has
 * its price. What fingers do to a row is heard by the log (hands.ts).
 */

import type { ChatRow, SystemLine, TimelineItem } from "@yanshu/client";
import { Clock } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import type { Below, Bubble, InLog, ItemKind, Notice } from "../feature.ts";
import { screenKind } from "../kit/kinds/index.ts";
import { OutLink } from "../kit/links/out-link.tsx";
import { personName, personNames } from "../kit/person.ts";
import { toggleSelected } from "../kit/selection.ts";
import { lineWithSmileys } from "../kit/smileys/drawn.ts";
import { isLone } from "../kit/smileys/lone.ts";
import { isOfCare, systemWords } from "../kit/system-words.ts";
import { languageOf, piecesOf } from "../kit/text.ts";
import { clock } from "../kit/time.ts";
import { translationOf } from "../kit/translated.ts";
import { type Locale, t } from "../locales/i18n.ts";
import { Avatar } from "../shell/avatar.tsx";
import { byName, inLogs } from "../shell/features.ts";
import { Icon } from "../shell/icon.tsx";
import { Lazy } from "../shell/lazy.ts";
import { Link } from "../shell/link.tsx";
import { api, attempt } from "../shell/session.ts";
import { Slot } from "../shell/slot.tsx";
import { discard } from "./acts.ts";
import { Shield, shielded } from "./shield.ts";

/** What holds for all rows of a log. */
export type Look = {
  readonly chat: string;
  readonly kind: ChatRow["kind"];
  /** Whether one may answer here: a chat that was left can only be read. */
  readonly mayWrite: boolean;
  readonly around: { readonly current: readonly TimelineItem[] };
  /** What is selected, while one selects. */
  readonly selected: readonly TimelineItem[] | undefined;
  readonly isElder: boolean;
  readonly locale: Locale;
  /** Opens the menu of a message. */
  readonly lift: (bubble: HTMLElement) => void;
};

/** @param isLifted its menu is open. */
export function itemIn(look: Look, item: TimelineItem, continues: boolean, isLifted: boolean): JSX.Element {
  const { body } = item;
  return shielded(() =>
    body.kind === "system" ? systemLine(look, item, body.line) : message(look, item, continues, isLifted),
  );
}

function systemLine({ chat, mayWrite }: Look, item: TimelineItem, line: SystemLine): JSX.Element {
  const notice = noticeOf(line.kind);
  if (notice !== undefined) return <Lazy of={notice} chat={chat} id={item.id} line={line} />;
  return (
    <div class={isOfCare(line) ? "sys-line care" : "sys-line"} data-testid="system-line" data-kind={line.kind}>
      {systemWords(line)}
      {inLogs().map(({ behindLine }) => behindLine?.({ chat, item, mayWrite }))}
    </div>
  );
}

function message(look: Look, item: TimelineItem, continues: boolean, isLifted: boolean): JSX.Element {
  const { chat, kind, mayWrite, selected, isElder, locale } = look;
  const { body } = item;
  const bubble = bubbleOf(body.kind);
  const isCard = bubble?.as === "card";
  const isMedia = bubble?.as === "media";
  const text = body.kind === "text" ? body.text : body.kind === "newer" ? (body.fallback ?? "") : "";
  const lang = languageOf(text, locale);
  const time = clock(item.atMs, locale);
  const isLarge = body.kind === "text" && isLone(text);
  const hasWords = bubble === undefined && (body.kind !== "text" || body.link?.url !== text.trim());
  const translated = translationOf(chat, item);
  return (
    <article
      class={`msg ${item.mine ? "me" : ""} ${selected === undefined ? "" : "picking"} ${item.handedBy === undefined ? "" : "handed"} ${continues ? "cont" : ""} ${isLifted ? "lifted" : ""}`}
    >
      {selected !== undefined && selectBox(item, selected)}
      {face(item)}
      <div class={isCard ? "col of-card" : "col"}>
        {!item.mine && screenKind(kind).isOfMany && !continues && who(item)}
        <div
          class={`bub ${isLarge ? "large" : ""} ${isCard ? "holds-card" : ""} ${body.kind === "newer" ? "newer" : ""} ${isMedia ? `media ${body.kind}` : ""}`}
          lang={lang}
          tabIndex={-1}
          title={time}
          data-testid="bubble"
          data-state={item.waitsFor === undefined ? item.state : "waits"}
          data-mine={item.mine}
          data-id={item.id}
          data-press=""
        >
          <span
            class={hasWords ? "sr within" : "sr"}
          >{`${personName({ ...item.from, isMe: item.mine })}, ${item.handedBy === undefined ? "" : `${via(item)}, `}${time}: `}</span>
          <Shield of={item}>
            {bubble === undefined ? (
              <>
                {hasWords && words(item, text, body.kind === "text" ? (body.mentions ?? []) : [])}
                {body.kind === "newer" && <small class="newer-note">{t("msg.newer")}</small>}
                {body.kind === "text" && body.link !== undefined && (
                  <Slot name="linkCard" item={item} link={body.link} />
                )}
                {translated !== undefined && <Slot name="translation" chat={chat} item={item} why={translated} />}
              </>
            ) : (
              <Lazy
                of={bubble.bubble}
                chat={chat}
                item={item}
                body={body as never}
                mayWrite={mayWrite}
                around={look.around}
              />
            )}
          </Shield>
        </div>
        {isElder && body.kind === "text" && !item.mine && (
          <Slot name="listenButton" id={item.id} text={text} lang={lang} />
        )}
        {belows().map(({ below }) => below({ chat, item, mayWrite }))}
        {item.state === "waiting-tap" && waitingTap(look, item)}
      </div>
      {state(item)}
      <button
        type="button"
        class="more"
        tabIndex={-1}
        aria-label={t("msg.menu")}
        aria-haspopup="menu"
        aria-expanded={isLifted}
        data-testid="message-more"
        onClick={({ currentTarget }) => {
          const bubble = currentTarget.parentElement?.querySelector<HTMLElement>(".bub");
          if (bubble != null) look.lift(bubble);
        }}
      />
    </article>
  );
}

/** How a kind is shown that is not plain words. */
const bubbleOf = byName(({ bubbles }) => bubbles as { readonly [kind: string]: Bubble<ItemKind> | undefined });

/** How a line is shown that is more than words. */
const noticeOf = byName(({ notices }) => notices as { readonly [kind: string]: Notice | undefined } | undefined);

let sorted: { readonly of: readonly InLog[]; readonly belows: readonly Below[] } | undefined;

/** What features bring below a bubble, in one order; sorted once, not for each row. */
function belows(): readonly Below[] {
  const of = inLogs();
  if (sorted?.of !== of)
    sorted = { of, belows: of.flatMap(({ below }) => below ?? []).toSorted((one, other) => one.order - other.order) };
  return sorted.belows;
}

/** What was handed over says by whom: nobody takes it for heard from whom it is said to be. */
function who(item: TimelineItem): JSX.Element {
  if (item.handedBy === undefined) return <span class="who">{item.from.name}</span>;
  return (
    <span class="who">
      {item.from.name}
      <span class="via" data-testid="via">
        {via(item)}
      </span>
    </span>
  );
}

/** By whose word; a person who hands over their own words needs no other name beside theirs. */
function via({ handedBy, from }: TimelineItem): string {
  if (handedBy === undefined) return "";
  return handedBy.account === from.account ? t("msg.viaSelf") : t("msg.via", { by: personName(handedBy) });
}

function selectBox(item: TimelineItem, selected: readonly TimelineItem[]): JSX.Element {
  return (
    <label class="pick-message">
      <input
        type="checkbox"
        checked={selected.some(({ id }) => id === item.id)}
        aria-label={t("select.message", { name: personName({ ...item.from, isMe: item.mine }) })}
        data-testid="select-message"
        onChange={(event) => {
          event.currentTarget.checked = toggleSelected(item);
        }}
      />
    </label>
  );
}

/** A double tap pats; the menu of a message has it too. */
function face(item: TimelineItem): JSX.Element {
  const seal = Avatar({ face: item.from.face, size: "sm" });
  if (item.mine) return seal;
  return Link({
    to: { name: "contact", id: item.from.account },
    class: "face",
    "aria-label": item.from.name,
    tabIndex: -1,
    "data-testid": "face",
    children: seal,
  });
}

type Mentions = NonNullable<Extract<TimelineItem["body"], { kind: "text" }>["mentions"]>;

function words(item: TimelineItem, text: string, mentions: Mentions): ComponentChildren[] {
  return piecesOf(text, mentions).map((piece, place) => {
    switch (piece.kind) {
      case "link":
        return (
          <OutLink key={place} from={item.from} isMine={item.mine} url={piece.text}>
            {piece.text}
          </OutLink>
        );
      case "phone":
        return (
          <a key={place} href={`tel:${piece.text.replace(/[^+\d]/g, "")}`}>
            {piece.text}
          </a>
        );
      case "mention":
        return (
          <span key={place} class={`at ${piece.isMe ? "me" : ""}`} data-testid="mention" data-me={piece.isMe}>
            {piece.text}
          </span>
        );
      default:
        return lineWithSmileys(piece.text);
    }
  });
}

/**
 * Nothing while fine; a clock after two seconds, also while another server does not take it (WE161); a red ! that sends
 * again.
 */
function state(item: TimelineItem): JSX.Element | null {
  if (item.state === "failed") {
    return (
      <button
        type="button"
        class="failed"
        aria-label={`${t("send.failed")}. ${t("send.again")}`}
        title={t("send.again")}
        data-testid="resend"
        onClick={() => void attempt(() => api.resend(item.id))}
      >
        <span aria-hidden="true">!</span>
      </button>
    );
  }
  if (item.state !== "sending" && item.waitsFor === undefined) return null;
  return (
    <span class="sending" role="img" aria-label={t("send.sending")}>
      <Icon of={Clock} size="xs" />
    </span>
  );
}

function waitingTap({ around }: Look, item: TimelineItem): JSX.Element {
  const joined = around.current.findLast((one) => one.body.kind === "system" && one.body.line.kind === "added");
  const line = joined?.body.kind === "system" && joined.body.line.kind === "added" ? joined.body.line : undefined;
  const name = line === undefined ? t("send.someone") : personNames(line.people);
  return (
    <div class="waiting" data-testid="waiting-tap">
      <p>{t("send.newMember", { name })}</p>
      <button
        type="button"
        class="btn fill sm"
        data-testid="send-anyway"
        onClick={() => void attempt(() => api.resend(item.id))}
      >
        {t("send.anyway")}
      </button>
      <button type="button" class="btn line sm" onClick={() => void discard(item)}>
        {t("send.discard")}
      </button>
    </div>
  );
}
