/**
 * A conversation: its name, its timeline and the composer.
 */

import type { ChatState, ConversationView } from "@yanshu/client";
import { Ellipsis, Hourglass, PanelRight, ShieldCheck } from "lucide";
import { useEffect } from "preact/hooks";
import { Composer } from "../composer/composer.tsx";
import { screenKind } from "../kit/kinds/index.ts";
import "../styles/actions.css";
import { Log } from "../chat/log.tsx";
import { SelectBar } from "../chat/select-bar.tsx";
import { TopStrips } from "../chat/top-strips.tsx";
import { handedWords } from "../kit/aim.ts";
import { noteFound } from "../kit/links/drafts.ts";
import { foundInHtml, foundInPair } from "../kit/links/found.ts";
import { closeSheet, openedSheet } from "../kit/opened-sheet.ts";
import { selectionIn, stopSelecting } from "../kit/selection.ts";
import { sendFiles } from "../kit/send-files.ts";
import { trustWords } from "../kit/source-words.ts";
import { titleOf } from "../kit/title.ts";
import { type MessageId, t } from "../locales/i18n.ts";
import { BackButton } from "../shell/bar.tsx";
import { Icon } from "../shell/icon.tsx";
import { Lazy } from "../shell/lazy.ts";
import { Link } from "../shell/link.tsx";
import { NetworkStrip } from "../shell/network-strip.tsx";
import { Nothing } from "../shell/nothing.tsx";
import { go, route } from "../shell/router.ts";
import { api, attempt, succeeds, useNothing, useStatus, useView } from "../shell/session.ts";
import { columns } from "../shell/width.ts";
import "../styles/chat.css";

export function Conversation({ id, at }: { id: string; at?: number | undefined }) {
  const view = useView("conversation", id);
  const chats = useView("chats");
  const row = chats?.find((one) => one.conversation === id);
  useEffect(() => stopSelecting, [id]);
  const isReady = useStatus()?.phase === "ready";
  const isNothing = useNothing("conversation", id);
  if (isNothing && isReady && row === undefined) {
    return (
      <section class="screen">
        <header class="bar surface line">
          {columns.value === 1 && <BackButton />}
          <h1 class="sr">{t("tab.chats")}</h1>
        </header>
        <Nothing title={t("chat.gone")} />
      </section>
    );
  }
  const shown = view ?? row;
  const selected = selectionIn(id);
  return (
    <section
      class="screen conversation"
      data-testid="conversation"
      data-state={view?.state}
      {...(view?.may.write === true ? dropOn(id) : {})}
    >
      <Head id={id} title={shown === undefined ? "" : titleOf(shown)} view={view} />
      {columns.value === 1 && <NetworkStrip />}
      {view?.state === "request-out" && (
        <p class="strip calm" role="status" data-testid="waits">
          <Icon of={Hourglass} size="s" />
          <span>{t("friend.waits", { name: view.title })}</span>
        </p>
      )}
      {view !== undefined && <TopStrips view={view} />}
      <Log
        key={id}
        id={id}
        at={at}
        kind={shown?.kind ?? "direct"}
        unreadBefore={row?.unread ?? 0}
        mayWrite={view?.may.write === true}
      />
      {selected === undefined ? <Foot view={view} /> : <SelectBar chat={id} items={selected} />}
      {openedSheet.value !== undefined && (
        <Lazy of={openedSheet.value.sheet} {...openedSheet.value.props} onClose={closeSheet} />
      )}
    </section>
  );
}

/** Event handlers by which files and links can be dropped anywhere in a conversation. */
function dropOn(id: string) {
  return {
    onDragOver: (event: DragEvent) => {
      const types = event.dataTransfer?.types;
      if (types?.includes("Files") !== true && types?.includes("text/uri-list") !== true) return;
      event.preventDefault();
      (event.currentTarget as HTMLElement).dataset["drop"] = t("drop.here");
    },
    onDragLeave: (event: DragEvent) => {
      const section = event.currentTarget as HTMLElement;
      if (!section.contains(event.relatedTarget as Node | null)) delete section.dataset["drop"];
    },
    onDrop: (event: DragEvent) => {
      delete (event.currentTarget as HTMLElement).dataset["drop"];
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) {
        dropLink(id, event);
        return;
      }
      event.preventDefault();
      void sendFiles(id, files, false);
    },
  };
}

/** Puts a dropped link into the composer, and notes its title for the preview. */
function dropLink(id: string, event: DragEvent): void {
  const data = event.dataTransfer;
  const url = data?.getData("text/uri-list").split(/\r?\n/)[0] ?? "";
  if (data === null || !/^https?:\/\//i.test(url) || (event.target as Element).closest("textarea, input") !== null)
    return;
  event.preventDefault();
  const found = foundInPair(data.getData("text/x-moz-url")) ?? foundInHtml(data.getData("text/html"), url);
  if (found !== undefined) void noteFound(id, { ...found, url });
  handedWords.value = { chat: id, words: url };
}

function Head({ id, title, view }: { id: string; title: string; view: ConversationView | undefined }) {
  const isBeside = route.value.name === "chat-info";
  const count = view !== undefined && screenKind(view.kind).isOfMany && !isOver(view) ? view.members.length : 0;
  return (
    <header class="bar surface line">
      {columns.value === 1 && <BackButton />}
      <div class="mid">
        {title !== "" && (
          <h1 class="title ell" data-testid="title">
            {title}
            {count > 0 && <span class="count"> ({count})</span>}
          </h1>
        )}
        {view?.trust === "scanned" || view?.trust === "introduced" ? (
          <div class="sub">
            <Icon of={ShieldCheck} size="xs" />
            {trustWords(view.trust, view.introducedBy)}
          </div>
        ) : null}
      </div>
      {columns.value === 3 ? (
        <button
          type="button"
          class={`ib ${isBeside ? "on" : ""}`}
          aria-label={t("chat.info")}
          aria-expanded={isBeside}
          data-testid="chat-info"
          onClick={() => go({ name: isBeside ? "chat" : "chat-info", id }, "replace")}
        >
          <Icon of={PanelRight} />
        </button>
      ) : (
        <Link to={{ name: "chat-info", id }} class="ib" aria-label={t("chat.info")} data-testid="chat-info">
          <Icon of={Ellipsis} />
        </Link>
      )}
    </header>
  );
}

/** The person is no longer a member, so the list of members is unknown. */
function isOver({ state }: ConversationView): boolean {
  return state === "left" || state === "removed" || state === "dissolved" || state === "imported";
}

const closedWords: Partial<Record<ChatState, MessageId>> = {
  removed: "chat.removed",
  left: "chat.left",
  dissolved: "chat.dissolved",
  blocked: "chat.blocked",
  frozen: "chat.frozen",
  "newer-version": "chat.newer",
};

function Foot({ view }: { view: ConversationView | undefined }) {
  if (view === undefined) return <div class="comp empty" />;
  if (view.state === "request-in") return <Answer view={view} />;
  if (view.may.write)
    return <Composer key={view.conversation} id={view.conversation} kind={view.kind} draft={view.draft} />;
  const words = view.state === "request-out" ? t("friend.waiting") : t(closedWords[view.state] ?? "chat.readOnly");
  return (
    <footer class="comp closed" data-testid="read-only">
      {words}
    </footer>
  );
}

/** Shown when a stranger wrote first: accept, or not now. */
function Answer({ view }: { view: ConversationView }) {
  return (
    <footer class="comp answer">
      <p>
        <b>{view.title}</b> {t("friend.request")}
      </p>
      <div class="answer-acts">
        <button
          type="button"
          class="btn plain"
          data-testid="request-decline"
          onClick={() =>
            void succeeds(() => api.declineRequest(view.conversation)).then((done) => {
              if (done) go({ name: "chats" }, "replace");
            })
          }
        >
          {t("friend.no")}
        </button>
        <button
          type="button"
          class="btn fill"
          data-testid="request-accept"
          onClick={() => void attempt(() => api.acceptRequest(view.conversation))}
        >
          {t("friend.yes")}
        </button>
      </div>
    </footer>
  );
}
