/**
 * A conversation: its name, what was said, and where to write.
 */
import type { ChatState, ConversationView } from "@yanshu/client";
import { Ellipsis, PanelRight, ShieldCheck } from "lucide";
import { Composer } from "../composer/composer.tsx";
import { Log } from "../features/timeline/log.tsx";
import { type MessageId, t } from "../locales/i18n.ts";
import { BackButton } from "../shell/bar.tsx";
import { Icon } from "../shell/icon.tsx";
import { Link } from "../shell/link.tsx";
import { NetworkStrip } from "../shell/network-strip.tsx";
import { Nothing } from "../shell/nothing.tsx";
import { go, route } from "../shell/router.ts";
import { api, attempt, succeeds, useStatus, useView } from "../shell/session.ts";
import { columns } from "../shell/width.ts";
import { titleOf } from "./chats.tsx";

export function Conversation({ id }: { id: string }) {
  const view = useView("conversation", id);
  const chats = useView("chats");
  const row = chats?.find((one) => one.conversation === id);
  const isReady = useStatus()?.phase === "ready";
  // The view is undefined both while it loads and when there is no such chat; the list tells which.
  if (view === undefined && isReady && chats !== undefined && row === undefined) {
    return (
      <section class="screen">
        <header class="bar surface line">{columns.value === 1 && <BackButton />}</header>
        <Nothing title={t("chat.gone")} />
      </section>
    );
  }
  const shown = view ?? row;
  return (
    <section class="screen conversation" data-testid="conversation" data-state={view?.state}>
      <Head id={id} title={shown === undefined ? "" : titleOf(shown)} view={view} />
      {columns.value === 1 && <NetworkStrip />}
      <Log key={id} id={id} kind={shown?.kind ?? "direct"} unreadBefore={row?.unread ?? 0} />
      <Foot view={view} />
    </section>
  );
}

function Head({ id, title, view }: { id: string; title: string; view: ConversationView | undefined }) {
  const isBeside = route.value.name === "chat-info";
  const count = view?.kind === "group" ? view.members.length : 0;
  return (
    <header class="bar surface line">
      {columns.value === 1 && <BackButton />}
      <div class="mid">
        <h1 class="title ell" data-testid="title">
          {title}
          {count > 0 && <span class="count"> ({count})</span>}
        </h1>
        {view?.trust === "scanned" || view?.trust === "introduced" ? (
          <div class="sub">
            <Icon of={ShieldCheck} size="xs" />
            {t(`trust.${view.trust}`)}
          </div>
        ) : null}
      </div>
      {view?.kind === "own" ? (
        <span class="ib" />
      ) : columns.value === 3 ? (
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

const closedWords: Partial<Record<ChatState, MessageId>> = {
  removed: "chat.removed",
  left: "chat.left",
  blocked: "chat.blocked",
  frozen: "chat.frozen",
  "newer-version": "chat.newer",
};

function Foot({ view }: { view: ConversationView | undefined }) {
  if (view === undefined) return <div class="comp empty" />;
  if (view.state === "request-in") return <Answer view={view} />;
  if (view.may.write) return <Composer key={view.conversation} id={view.conversation} draft={view.draft} />;
  const words = view.state === "request-out" ? t("friend.waiting") : t(closedWords[view.state] ?? "chat.readOnly");
  return (
    <footer class="comp closed" data-testid="read-only">
      {words}
    </footer>
  );
}

/** The other person wrote first: accept, or not now. */
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
