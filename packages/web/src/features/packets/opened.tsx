/**
 * A packet over the page: sealed, until its seal is broken; then what each one got; and how each hundredth came about.
 * What is shown is known from the store at once: nothing waits for motion.
 */
import type { PacketItem, PacketProof, PersonRef, TimelineItem } from "@yanshu/client";
import { ChevronLeft, Crown, Info, TriangleAlert, X } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { refOf } from "../../kit/message.ts";
import { Over, putUp } from "../../kit/over.tsx";
import { personName, personNames } from "../../kit/person.ts";
import { languageOf } from "../../kit/text.ts";
import { untilWords } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api, succeeds, useView } from "../../shell/session.ts";
import "../../styles/media.css";
import { Proof } from "./proof.tsx";
import { sumWords } from "./sums.ts";
import "./opened.css";

/** From the tap until the slip lies open: the seal parts, the flap lifts, the slip rises. */
const breakMs = 840;
const hapticMs = 10;

export function openPacket(chat: string, item: TimelineItem, isSealed: boolean): void {
  putUp((done) => <PacketOver chat={chat} item={item} isSealed={isSealed} onClose={done} />);
}

type PacketOverProps = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly isSealed: boolean;
  readonly onClose: () => void;
};

function PacketOver({ chat, item, isSealed, onClose }: PacketOverProps) {
  const [at, setAt] = useState<"sealed" | "breaking" | "open" | "proof">(isSealed ? "sealed" : "open");
  const view = useView("packetProof", chat, refOf(item));
  const who = useView("conversation", chat)?.members.find(({ account }) => account === item.from.account);
  const body = item.body.kind === "packet" ? (view?.item ?? item.body) : undefined;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (body === undefined) return null;
  const from = t(item.mine ? "packet.yours" : "packet.from", { name: item.from.name });
  const wish = body.wish === "" ? t("packet.usualWish") : body.wish;
  const breakSeal = async () => {
    if (at !== "sealed") return;
    navigator.vibrate?.(hapticMs);
    if (!(await succeeds(() => api.takePacket(chat, refOf(item))))) return onClose();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return setAt("open");
    setAt("breaking");
    timer.current = setTimeout(() => setAt("open"), breakMs);
  };
  const face = who === undefined ? undefined : <Avatar face={who.face} size="sm" />;
  return (
    <Over
      label={`${from}: ${wish}`}
      kind={`packet-over ${at === "open" || at === "proof" ? "lies-open" : ""}`}
      testId="packet-over"
      onClose={at === "proof" ? () => setAt("open") : onClose}
    >
      {(at === "sealed" || at === "breaking") && (
        <div class={`packet-stage ${at}`} data-testid="packet-sealed">
          <div class="packet-sleeve">
            <span class="packet-flap" aria-hidden="true" />
            <span class="packet-from">
              {face}
              <span>{from}</span>
            </span>
            <p class="packet-upright" lang={languageOf(wish, locale.value)}>
              {linesOf(wish).map((line) => (
                <span key={line}>{line}</span>
              ))}
            </p>
            <button
              type="button"
              class="packet-seal"
              aria-label={t("packet.break")}
              data-testid="packet-break"
              onClick={() => void breakSeal()}
            >
              <span class="packet-half left" aria-hidden="true" />
              <span class="packet-half right" aria-hidden="true" />
            </button>
            <p class="packet-tip">{t(body.mode === "lucky" && body.shares > 1 ? "packet.tip" : "packet.tipEqual")}</p>
          </div>
          <button type="button" class="ib packet-close" aria-label={t("action.close")} onClick={onClose}>
            <Icon of={X} />
          </button>
        </div>
      )}
      {at === "open" && (
        <Opened
          body={body}
          from={from}
          wish={wish}
          face={face}
          onClose={onClose}
          {...(body.mode === "lucky" &&
            view !== undefined &&
            view.pots.length > 0 && { onProof: () => setAt("proof") })}
        />
      )}
      {at === "proof" && view !== undefined && <ProofPage view={view} onBack={() => setAt("open")} />}
    </Over>
  );
}

/** As it is written on envelopes: a clause a column, without the signs between them. */
function linesOf(wish: string): readonly string[] {
  const clauses = wish.split(/[，。！；、\s]+/u).filter((one) => one !== "");
  return /\p{Script=Han}/u.test(wish) && clauses.length > 1 && clauses.length <= 3 ? clauses : [wish];
}

type OpenedProps = {
  readonly body: PacketItem;
  readonly from: string;
  readonly wish: string;
  readonly face: preact.ComponentChildren;
  readonly onClose: () => void;
  readonly onProof?: () => void;
};

function Opened({ body, from, wish, face, onClose, onProof }: OpenedProps) {
  const { mine } = body;
  return (
    <div class="packet-page" data-testid="packet-open">
      <header class="packet-top">
        <button type="button" class="ib" aria-label={t("action.back")} data-testid="packet-done" onClick={onClose}>
          <Icon of={ChevronLeft} />
        </button>
        <span class="packet-arc" aria-hidden="true" />
      </header>
      <div class="packet-scroll">
        <div class="packet-head">
          {face}
          <h1 lang={languageOf(wish, locale.value)}>{wish}</h1>
          <p class="packet-small">
            {from} · {t(body.shares === 1 ? "packet.one" : `packet.${body.mode}`)}
          </p>
          <div role="status">
            <MyLot body={body} />
          </div>
        </div>
        <p class="packet-count">{countWords(body)}</p>
        <ol class="packet-lots">
          {body.lots.map((lot) => (
            <li key={lot.person.account} class={lot.person.isMe ? "mine" : ""} data-testid="packet-lot">
              <span class="packet-who">
                <b>{personName(lot.person)}</b>
                {!lot.isFinal && <small>{waitWords(lot.waitsFor)}</small>}
              </span>
              <span class={`packet-amount num ${lot.isFinal ? "" : "partly"}`} data-testid="packet-amount">
                {sumWords(body, lot.amount)}
                {lot.isBest && (
                  <em>
                    <Icon of={Crown} size="s" />
                    {t("packet.best")}
                  </em>
                )}
              </span>
            </li>
          ))}
          {body.counting.map((person) => (
            <li key={person.account}>
              <b>{personName(person)}</b>
              <small>{t("packet.counting")}</small>
            </li>
          ))}
        </ol>
        {body.back > 0 && <p class="packet-small">{t("packet.back", { sum: sumWords(body, body.back) })}</p>}
        {body.differing.length > 0 && (
          <p class="packet-care" role="alert" data-testid="packet-differs">
            <Icon of={TriangleAlert} size="s" />
            {t("packet.differs", { names: personNames(body.differing) })}
          </p>
        )}
        {body.isDisputed && (
          <p class="packet-care" role="alert">
            <Icon of={TriangleAlert} size="s" />
            {t("packet.disputed")}
          </p>
        )}
        {mine?.state === "taken" && !body.isDone && body.mode === "lucky" && (
          <p class="packet-small">{t("packet.stay", { when: untilWords(body.waitsUntilMs, locale.value) })}</p>
        )}
        {onProof !== undefined && (
          <button type="button" class="packet-why" data-testid="packet-why" onClick={onProof}>
            <Icon of={Info} size="s" />
            <span>{t("packet.why")}</span>
          </button>
        )}
        <p class="packet-small packet-honest">{t(body.of === "points" ? "packet.pointsNote" : "packet.moneyNote")}</p>
      </div>
    </div>
  );
}

function waitWords(waitsFor: readonly PersonRef[]): string {
  return waitsFor.length > 0 ? t("packet.waitsFor", { names: personNames(waitsFor) }) : t("packet.waitsNext");
}

/** One's own sum, and whether more comes; or why there is none. */
function MyLot({ body }: { readonly body: PacketItem }) {
  const { mine } = body;
  if (mine === undefined) return null;
  if (mine.state === "late") return <p class="packet-late">{t("packet.lateKind")}</p>;
  if (mine.state === "going") return <p class="packet-late">{t("packet.goingLong")}</p>;
  return (
    <>
      <p class={`packet-big num ${mine.isFinal === true ? "" : "partly"}`} data-testid="packet-mine">
        {sumWords(body, mine.amount ?? 0)}
      </p>
      <p class="packet-small">
        {mine.isFinal === true
          ? t(body.of === "points" ? "packet.gotPoints" : "packet.gotNote")
          : waitWords(mine.waitsFor ?? [])}
      </p>
    </>
  );
}

function countWords(body: PacketItem): string {
  const { lots, shares, total } = body;
  const sum = sumWords(body, total);
  return lots.length === shares
    ? t("packet.countAll", { n: shares, sum })
    : t("packet.count", { n: lots.length, all: shares, sum });
}

function ProofPage({ view, onBack }: { readonly view: PacketProof; readonly onBack: () => void }) {
  return (
    <div class="packet-page" data-testid="packet-proof">
      <header class="packet-bar">
        <button type="button" class="ib" aria-label={t("action.back")} onClick={onBack}>
          <Icon of={ChevronLeft} />
        </button>
        <h1>{t("packet.why")}</h1>
      </header>
      <div class="packet-scroll">
        <Proof view={view} />
      </div>
    </div>
  );
}
