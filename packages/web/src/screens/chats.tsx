/**
 * Chats: all conversations, pinned ones first, then the newest. The list comes from the local store, and only rows in
 * sight are in the document.
 */

import type { ChatRow } from "@yanshu/client";
import { CircleAlert, CirclePlus, FolderSync, QrCode, ScanLine, Search, UserPlus, UsersRound } from "lucide";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { chatPart } from "../chat/part.ts";
import { Faces } from "../chats/faces.tsx";
import { swiped } from "../chats/swiped.ts";
import type { InList } from "../feature.ts";
import { screenKind } from "../kit/kinds/index.ts";
import { previewWords } from "../kit/preview-words.ts";
import { lineWithSmileys } from "../kit/smileys/drawn.ts";
import { languageOf } from "../kit/text.ts";
import { isoTime, listTime } from "../kit/time.ts";
import { titleOf } from "../kit/title.ts";
import { locale, t } from "../locales/i18n.ts";
import { Mosaic } from "../shell/avatar.tsx";
import { TabBar } from "../shell/bar.tsx";
import { inLists } from "../shell/features.ts";
import { Icon } from "../shell/icon.tsx";
import { Lazy } from "../shell/lazy.ts";
import { Link } from "../shell/link.tsx";
import { type PressHandlers, useLongPress } from "../shell/long-press.ts";
import { Menu, MenuItem } from "../shell/menu.tsx";
import { Badge } from "../shell/navigation.tsx";
import { NetworkStrip } from "../shell/network-strip.tsx";
import { Nothing } from "../shell/nothing.tsx";
import { nowMs } from "../shell/now.ts";
import { elder } from "../shell/prefs.ts";
import { go, route } from "../shell/router.ts";
import { useStatus, useView } from "../shell/session.ts";
import { VirtualRows } from "../shell/virtual-rows.tsx";

const rowActs = chatPart((m) => m.RowActs);
const bigActions = chatPart((m) => m.BigActions);
const rowMenu = chatPart((m) => m.RowMenu);

export function Chats() {
  const rows = useView("chats");
  // While the chats are being restored, the page does not say that there are none.
  const isMending = useStatus()?.isMending === true;
  const isHere = rows !== undefined && !(isMending && rows.length === 0);
  const often = elder.value ? useView("often") : undefined;
  return (
    <section class="screen" aria-label={t("tab.chats")} aria-busy={!isHere}>
      <TabBar
        title={t("app.name")}
        brush
        end={
          <>
            <Link to={{ name: "search" }} class="ib" aria-label={t("search.title")} data-testid="search">
              <Icon of={Search} />
            </Link>
            <PlusMenu />
          </>
        }
      />
      <NetworkStrip />
      {elder.value && rows !== undefined && <Lazy of={bigActions} rows={rows} />}
      <div class="stretch" data-testid="chats" data-pull="">
        <div class="pull-mark" aria-hidden="true">
          <Icon of={Search} size="s" />
        </div>
        {!isHere ? null : rows.length === 0 ? (
          <Empty />
        ) : (
          <VirtualRows label={t("tab.chats")} keep="chats">
            {often !== undefined && <Faces key="faces" often={often} rows={rows} />}
            {rows.map((row) => (
              <Row key={row.conversation} row={row} />
            ))}
          </VirtualRows>
        )}
      </div>
    </section>
  );
}

function Empty() {
  return (
    <Nothing title={t("chats.empty")} note={t("chats.emptyHint")}>
      <Link to={{ name: "my-qr" }} class="btn fill">
        <Icon of={QrCode} size="s" />
        {t("qr.title")}
      </Link>
      <Link to={{ name: "scan" }} class="btn soft">
        <Icon of={ScanLine} size="s" />
        {t("scan.title")}
      </Link>
    </Nothing>
  );
}

function PlusMenu() {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const pick = (name: "new-group" | "scan" | "my-qr") => () => {
    setOpen(false);
    go({ name });
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="ib"
        aria-label={t("chats.plus")}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="plus"
        onClick={() => setOpen(true)}
      >
        <Icon of={CirclePlus} />
      </button>
      {isOpen && (
        <Menu label={t("chats.plus")} anchor={button} onClose={() => setOpen(false)}>
          <MenuItem icon={UsersRound} testId="plus-group" onPick={pick("new-group")}>
            {t("group.new")}
          </MenuItem>
          <MenuItem icon={ScanLine} testId="plus-scan" onPick={pick("scan")}>
            {t("scan.title")}
          </MenuItem>
          <MenuItem icon={UserPlus} testId="plus-add" onPick={pick("my-qr")}>
            {t("qr.title")}
          </MenuItem>
        </Menu>
      )}
    </>
  );
}

function Row({ row }: { row: ChatRow }) {
  const [menuAt, setMenuAt] = useState<{ x: number; y: number } | undefined>(undefined);
  const press = useLongPress((x, y) => setMenuAt({ x, y }));
  return (
    <>
      <RowLink row={row} press={press} />
      {swiped.value === row.conversation && <Lazy of={rowActs} row={row} />}
      {menuAt !== undefined && <Lazy of={rowMenu} row={row} at={menuAt} onClose={() => setMenuAt(undefined)} />}
    </>
  );
}

function RowLink({ row, press }: { row: ChatRow; press: PressHandlers }) {
  const here = route.value;
  const isHere = "id" in here && here.id === row.conversation;
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const instead = insteadIn(row, isHere);
  return (
    <Link
      to={{ name: "chat", id: row.conversation }}
      replace={isHere}
      {...press}
      class={`row ${isHere ? "sel" : ""} ${row.isPinned ? "pinned" : ""}`}
      aria-current={isHere ? "page" : undefined}
      data-testid="chat-row"
      data-conversation={row.conversation}
      data-unread={row.unread}
    >
      <span class="avw">
        {!screenKind(row.kind).isWithOthers ? <OwnFace /> : <Mosaic faces={row.faces} />}
        <Unread row={row} isHere={isHere} />
      </span>
      <span class="body">
        <span class="l1">
          <span class="name ell" lang={languageOf(row.title, locale.value)}>
            {titleOf(row)}
          </span>
          {marks("name", row, isHere)}
          {row.atMs > 0 && (
            <time class="time" dateTime={isoTime(row.atMs)}>
              {listTime(row.atMs, nowMs.value, locale.value, words)}
            </time>
          )}
        </span>
        <span class="l2">
          {row.failed && (
            <span class="draft failed-mark">
              <Icon of={CircleAlert} size="xs" />
              <span class="sr">{t("chats.failed")}</span>
            </span>
          )}
          {marks("front", row, isHere)}
          <span class="prev ell">
            {instead !== undefined && <span class="draft">{t(instead.mark)}</span>}
            {instead === undefined ? lineWithSmileys(previewWords(row)) : [" ", lineWithSmileys(instead.text)]}
          </span>
          {marks("end", row, isHere)}
        </span>
      </span>
    </Link>
  );
}

/** The features' marks in a row. */
function marks(where: keyof NonNullable<InList["marks"]>, row: ChatRow, isHere: boolean): ComponentChildren {
  return inLists().map(({ marks: of }) => of?.[where]?.(row, isHere));
}

/** A feature's text in place of the last message. */
function insteadIn(row: ChatRow, isHere: boolean): ReturnType<NonNullable<InList["instead"]>> {
  for (const { instead } of inLists()) {
    const found = instead?.(row, isHere);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The avatar of the chat with oneself: a folder, not a person. */
function OwnFace() {
  return (
    <span class="av ch p2 flat" aria-hidden="true">
      <Icon of={FolderSync} />
    </span>
  );
}

/** The number of unread messages; a dot for a muted chat, or one that was marked as unread. */
function Unread({ row, isHere }: { row: ChatRow; isHere: boolean }) {
  if (isHere && !row.isMarkedUnread) return null;
  const count = isHere ? 0 : row.unread;
  if (count > 0 && !row.isMuted) return <Badge count={count} words="unread.count" />;
  if (count === 0 && !row.isMarkedUnread) return null;
  return (
    <span class="badge-dot">
      <span class="sr">{count > 0 ? t("unread.count", { n: count }) : t("row.markedUnread")}</span>
    </span>
  );
}
