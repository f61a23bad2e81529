/**
 * Chats: every conversation, newest first. The list is local and virtual; it never empties while it loads.
 */
import type { ChatRow, Preview } from "@yanshu/client";
import { CircleAlert, CirclePlus, QrCode, ScanLine, UserPlus, UsersRound } from "lucide";
import { useRef, useState } from "preact/hooks";
import { systemWords } from "../features/timeline/system-words.ts";
import { languageOf } from "../features/timeline/text.ts";
import { listTime } from "../features/timeline/time.ts";
import { locale, t } from "../locales/i18n.ts";
import { Mosaic } from "../shell/avatar.tsx";
import { TabBar } from "../shell/bar.tsx";
import { Icon } from "../shell/icon.tsx";
import { Link } from "../shell/link.tsx";
import { Menu, MenuItem } from "../shell/menu.tsx";
import { Badge } from "../shell/navigation.tsx";
import { NetworkStrip } from "../shell/network-strip.tsx";
import { Nothing } from "../shell/nothing.tsx";
import { nowMs } from "../shell/now.ts";
import { go, route } from "../shell/router.ts";
import { useView } from "../shell/session.ts";
import { VirtualRows } from "../shell/virtual-rows.tsx";

export function Chats() {
  const rows = useView("chats");
  return (
    <section class="screen" aria-label={t("tab.chats")}>
      <TabBar title={t("app.name")} brush end={<PlusMenu />} />
      <NetworkStrip />
      <div class="stretch" data-testid="chats">
        {rows === undefined ? null : rows.length === 0 ? (
          <Empty />
        ) : (
          <VirtualRows label={t("tab.chats")} keep="chats">
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
  const here = route.value;
  const isHere = "id" in here && here.id === row.conversation;
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  return (
    <Link
      to={{ name: "chat", id: row.conversation }}
      replace={isHere}
      class={`row ${isHere ? "sel" : ""}`}
      aria-current={isHere ? "page" : undefined}
      data-testid="chat-row"
      data-conversation={row.conversation}
      data-unread={row.unread}
    >
      <span class="avw">
        <Mosaic faces={row.faces} />
        <Badge count={isHere ? 0 : row.unread} words="unread.count" />
      </span>
      <span class="body">
        <span class="l1">
          <span class="name ell" lang={languageOf(row.title, locale.value)}>
            {titleOf(row)}
          </span>
          {row.atMs > 0 && (
            <time class="time" dateTime={new Date(row.atMs).toISOString()}>
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
          <span class="prev ell">
            {row.draft !== "" && !isHere ? (
              <>
                <span class="draft">{t("chats.draft")}</span> {row.draft}
              </>
            ) : (
              previewWords(row)
            )}
          </span>
        </span>
      </span>
    </Link>
  );
}

export function titleOf(row: { readonly kind: ChatRow["kind"]; readonly title: string }): string {
  if (row.kind === "own") return t("chats.own");
  return row.title === "" ? t("group.unnamed") : row.title;
}

function previewWords(row: ChatRow): string {
  const preview: Preview = row.preview;
  if (preview.kind === "system") return systemWords(preview.line);
  if (preview.kind === "none") return row.state === "request-out" ? t("friend.waiting") : "";
  if (row.kind !== "group") return preview.text;
  if (preview.mine) return t("chats.mine", { text: preview.text });
  return preview.from === undefined ? preview.text : t("chats.from", { name: preview.from, text: preview.text });
}
