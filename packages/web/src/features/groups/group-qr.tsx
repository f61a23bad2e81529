/**
 * A group's QR code, which a new member scans, and its link. Owner and admins make and renew it; all members can show
 * it.
 */
import type { ConversationView } from "@yanshu/client";
import { Copy, Image, Printer, RotateCw, Send, X } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { ActTile } from "../../kit/act-tile.tsx";
import { ChatPicks } from "../../kit/chat-picks.tsx";
import { languageOf } from "../../kit/text.ts";
import { untilWords } from "../../kit/time.ts";
import { titleOf } from "../../kit/title.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Mosaic } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Logo } from "../../shell/mark.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { nowMs } from "../../shell/now.ts";
import { Qr, qrPicture } from "../../shell/qr.tsx";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { copyText, saveFile } from "../../shell/share.ts";
import { confirm, FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import "../../styles/print.css";
import "../../styles/gather.css";

type Open = "terms" | "send" | undefined;

export function GroupQr({ id }: { id: string }) {
  const view = useView("conversation", id);
  const [open, setOpen] = useState<Open>(undefined);
  const close = () => setOpen(undefined);
  return (
    <section class="screen paper">
      <TopBar title={t("group.qr")} plain />
      <div class="scroll qr-page">
        {view !== undefined && (view.link === undefined ? <None view={view} /> : <Card view={view} />)}
        {view?.link !== undefined && <Acts view={view} onOpen={setOpen} />}
        {view?.link === undefined && view?.may.decide === true && (
          <button type="button" class="btn fill" data-testid="make-link" onClick={() => setOpen("terms")}>
            {t("group.qrMake")}
          </button>
        )}
      </div>
      {view !== undefined && open === "terms" && <Terms view={view} onClose={close} />}
      {view !== undefined && open === "send" && <SendCard id={id} onClose={close} />}
    </section>
  );
}

function None({ view }: { view: ConversationView }) {
  return <Nothing title={t("group.qrNone")} note={t(view.may.decide ? "group.qrNoneNote" : "group.qrNoneMember")} />;
}

/** The group's current link; read again when its terms or the members change. */
function useLink(view: ConversationView): string | undefined {
  const [link, setLink] = useState<string | undefined>(undefined);
  const id = view.conversation;
  useEffect(() => {
    void attempt(() => api.groupLink(id)).then(setLink);
  }, [id, view]);
  return link;
}

function Card({ view }: { view: ConversationView }) {
  const link = useLink(view);
  const name = titleOf(view);
  const over = overWords(view);
  return (
    <div
      class={`paper-card qr-card printed ${over === undefined ? "" : "over"}`}
      data-testid="group-link"
      data-link={link}
      data-over={over !== undefined}
    >
      <div class="qr-head">
        <Mosaic faces={view.faces} size="lg" />
        <div class="brush person-name" lang={languageOf(name, locale.value)}>
          {name}
        </div>
      </div>
      {link !== undefined && <Qr text={link} label={t("qr.code", { name })} testId="group-qr-code" />}
      <div class="qr-foot">
        <p>
          {over ?? t("group.qrScan")}
          <br />
          {view.link !== undefined && over === undefined && termsWords(view.link)}
        </p>
        <Logo />
      </div>
    </div>
  );
}

function overWords({ link }: ConversationView): string | undefined {
  if (link === undefined) return undefined;
  if (link.expiresMs <= nowMs.value) return t("group.qrOver");
  return link.left === 0 ? t("group.qrUsedUp") : undefined;
}

function termsWords({ expiresMs, left }: NonNullable<ConversationView["link"]>): string {
  const until = t("join.until", { when: untilWords(expiresMs, locale.value) });
  return left === undefined ? until : `${until} · ${t("group.qrLeft", { n: left })}`;
}

function Acts({ view, onOpen }: { view: ConversationView; onOpen: (open: Open) => void }) {
  const id = view.conversation;
  const name = titleOf(view);
  const isOver = overWords(view) !== undefined;
  const save = async () => {
    const link = await attempt(() => api.groupLink(id));
    const picture = link === undefined ? null : await qrPicture(link, name);
    if (picture !== null) saveFile(picture, "yanshu-group.png");
  };
  const copy = async () => {
    const link = await attempt(() => api.groupLink(id));
    if (link !== undefined) await copyText(link);
  };
  const close = async () => {
    const yes = await confirm({
      title: t("group.qrCloseAsk"),
      note: t("group.qrRenewNote"),
      action: t("group.qrClose"),
      danger: true,
    });
    if (yes) await attempt(() => api.closeGroupLink(id));
  };
  return (
    <div class="acts">
      {!isOver && <ActTile icon={Send} label={t("group.qrSend")} testId="send-card" onClick={() => onOpen("send")} />}
      {!isOver && <ActTile icon={Copy} label={t("qr.copy")} testId="copy-link" onClick={() => void copy()} />}
      {!isOver && <ActTile icon={Image} label={t("qr.save")} testId="save-link" onClick={() => void save()} />}
      {!isOver && <ActTile icon={Printer} label={t("qr.print")} onClick={() => print()} />}
      {view.may.decide && (
        <ActTile icon={RotateCw} label={t("qr.new")} testId="renew-link" onClick={() => onOpen("terms")} />
      )}
      {view.may.decide && (
        <ActTile icon={X} label={t("group.qrClose")} testId="close-link" onClick={() => void close()} />
      )}
    </div>
  );
}

const lasting = [1, 7, 30] as const;
const counts = [undefined, 1, 10, 50] as const;

/** Chooses how long a new code is valid and for how many people; the old code then stops working. */
function Terms({ view, onClose }: { view: ConversationView; onClose: () => void }) {
  const [days, setDays] = useState<1 | 7 | 30>(7);
  const [uses, setUses] = useState<(typeof counts)[number]>(undefined);
  const make = async () => {
    const terms = { days, ...(uses === undefined ? {} : { uses }) };
    if (await succeeds(() => api.makeGroupLink(view.conversation, terms))) onClose();
  };
  return (
    <FormSheet
      title={t("group.qrTerms")}
      testId="link-terms"
      class="gather"
      action={t(view.link === undefined ? "group.qrMake" : "qr.new")}
      actionTestId="make-link-yes"
      onSubmit={() => void make()}
      onClose={onClose}
    >
      {view.link !== undefined && <p class="sheet-note">{t("group.qrRenewNote")}</p>}
      <p class="note">{t("group.qrDays")}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: choices that look like a switch, not a form of fields. */}
      <div class="modes" role="group" aria-label={t("group.qrDays")}>
        {lasting.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={days === one}
            data-testid={`days-${one}`}
            onClick={() => setDays(one)}
          >
            {t("group.qrDay", { n: one })}
          </button>
        ))}
      </div>
      <p class="note">{t("group.qrUses")}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: choices that look like a switch, not a form of fields. */}
      <div class="modes" role="group" aria-label={t("group.qrUses")}>
        {counts.map((one) => (
          <button
            key={one ?? "any"}
            type="button"
            aria-pressed={uses === one}
            data-testid={`uses-${one ?? "any"}`}
            onClick={() => setUses(one)}
          >
            {one ?? t("group.qrAny")}
          </button>
        ))}
      </div>
    </FormSheet>
  );
}

function SendCard({ id, onClose }: { id: string; onClose: () => void }) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const send = async () => {
    if ((await attempt(() => api.sendGroupCard(id, picked))) === undefined) return;
    toast(t("group.qrSent"));
    onClose();
  };
  return (
    <FormSheet
      title={t("forward.to")}
      class="gather"
      testId="send-card-sheet"
      action={picked.length === 0 ? t("compose.send") : t("forward.send", { n: picked.length })}
      actionTestId="send-card-yes"
      isReady={picked.length > 0}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      <ChatPicks picked={picked} onPicked={setPicked} except={id} />
    </FormSheet>
  );
}
