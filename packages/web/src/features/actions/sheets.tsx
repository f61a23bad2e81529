/**
 * Sheets of a conversation: about a message (how it read before, all faces to answer with, a record), and those in
 * which something begins.
 */
import type { TimelineItem } from "@yanshu/client";
import { EmojiPanel } from "../../composer/emoji-panel.tsx";
import { locale, t } from "../../locales/i18n.ts";
import { useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { CardSheet } from "../cards/card-sheet.tsx";
import { PickCard } from "../cards/pick-card.tsx";
import { languageOf } from "../timeline/text.ts";
import { clock } from "../timeline/time.ts";
import { type OpenedSheet, openedSheet, react } from "./acts.ts";
import { AnnouncementSheet } from "./announcement-sheet.tsx";
import { ForwardSheet } from "./forward-sheet.tsx";
import { ChainSheet, PollSheet } from "./gather-sheets.tsx";
import { LargeText } from "./large-text.tsx";
import { RecordSheet } from "./record-sheet.tsx";

const close = () => {
  openedSheet.value = undefined;
};

export function ActionSheet({ opened }: { opened: OpenedSheet }) {
  switch (opened.kind) {
    case "history":
      return <History chat={opened.chat} item={opened.item} />;
    case "record":
      return <RecordSheet chat={opened.chat} item={opened.item} onClose={close} />;
    case "large":
      return <LargeText text={opened.item.body.kind === "text" ? opened.item.body.text : ""} onClose={close} />;
    case "card":
      return <CardSheet chat={opened.chat} item={opened.item} onClose={close} />;
    case "pick-card":
      return <PickCard chat={opened.chat} onClose={close} />;
    case "forward":
      return <ForwardSheet chat={opened.chat} items={opened.items} onClose={close} />;
    case "poll":
      return <PollSheet chat={opened.chat} onClose={close} />;
    case "chain":
      return <ChainSheet chat={opened.chat} plain={opened.plain} onClose={close} />;
    case "announcement":
      return <AnnouncementSheet view={opened.view} onClose={close} />;
    case "faces":
      return (
        <Sheet title={t("react.more")} onClose={close} testId="faces">
          <EmojiPanel
            onPick={(emoji) => {
              close();
              react(opened.chat, opened.item, emoji);
            }}
          />
        </Sheet>
      );
    default:
      return opened satisfies never;
  }
}

function History({ chat, item }: { chat: string; item: TimelineItem }) {
  const versions = useView("history", chat, item.from.account, item.id) ?? [];
  return (
    <Sheet title={t("edit.history")} onClose={close} testId="history">
      <h2 class="sheet-title">{t("edit.history")}</h2>
      <ol class="versions">
        {versions.map(({ atMs, text }) => (
          <li key={atMs} data-testid="version">
            <time dateTime={new Date(atMs).toISOString()}>{clock(atMs, locale.value)}</time>
            <p lang={languageOf(text, locale.value)}>{text}</p>
          </li>
        ))}
      </ol>
      <div class="sheet-acts">
        <button type="button" class="btn plain" onClick={close}>
          {t("action.close")}
        </button>
      </div>
    </Sheet>
  );
}
