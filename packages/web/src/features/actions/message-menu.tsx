/**
 * The menu of a message: six faces and more, then what can be done with it, five across and always in the same
 * order, so that the thumb learns it.
 */
import type { TimelineItem } from "@yanshu/client";
import type { IconNode } from "lucide";
import {
  AArrowUp,
  Bookmark,
  Copy,
  Forward,
  Hand,
  Languages,
  Link,
  ListChecks,
  PencilLine,
  Pin,
  Plus,
  Reply,
  RotateCcw,
  SmilePlus,
  Trash2,
  Undo2,
  Volume2,
} from "lucide";
import type { RefObject } from "preact";
import { locale, type MessageId, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Menu } from "../../shell/menu.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { listen, mayListen } from "../listen/listen.ts";
import { languageOf } from "../timeline/text.ts";
import { isTranslated, letterOf, showTranslation } from "../translate/letters.ts";
import { decide } from "../translate/shown.ts";
import {
  addSticker,
  copy,
  copyLink,
  discard,
  edit,
  enlarge,
  forward,
  keep,
  linkIn,
  may,
  openedSheet,
  pat,
  quote,
  react,
  recall,
  refOf,
  remove,
} from "./acts.ts";
import { startSelecting } from "./selection.ts";

const faces = ["❤️", "😂", "👍", "🥹", "🌹", "🎉"] as const;

type MessageMenuProps = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly mayWrite: boolean;
  readonly onClose: () => void;
};

type Action = {
  readonly icon: IconNode;
  readonly words: MessageId;
  readonly testId: string;
  readonly run: () => void;
  readonly danger?: boolean;
};

export function MessageMenu({ chat, item, anchor, mayWrite, onClose }: MessageMenuProps) {
  const letter = letterOf(item, useView("conversation", chat));
  const isUnsent = item.mine && (item.state === "failed" || item.state === "waiting-tap");
  const after = (work: () => void) => () => {
    onClose();
    work();
  };
  const actions: readonly (Action | false)[] = [
    mayWrite && may.quote(item) && { icon: Reply, words: "menu.quote", testId: "quote", run: () => quote(chat, item) },
    linkIn(item) !== undefined && {
      icon: Link,
      words: "menu.copyLink",
      testId: "copy-link",
      run: () => copyLink(item),
    },
    may.copy(item) && { icon: Copy, words: "msg.copy", testId: "copy", run: () => copy(item) },
    may.carry(item) && {
      icon: Forward,
      words: "menu.forward",
      testId: "forward",
      run: () => forward(chat, [item]),
    },
    may.addSticker(item) && {
      icon: SmilePlus,
      words: "menu.sticker",
      testId: "add-sticker",
      run: () => addSticker(item),
    },
    may.keep(item) && { icon: Bookmark, words: "menu.save", testId: "keep", run: () => void keep(chat, [item]) },
    { icon: ListChecks, words: "menu.select", testId: "select", run: () => startSelecting(chat, item) },
    may.large(item) && { icon: AArrowUp, words: "menu.large", testId: "large", run: () => enlarge(chat, item) },
    mayWrite &&
      may.quote(item) && {
        icon: Pin,
        words: "menu.pin",
        testId: "pin-message",
        run: () => void attempt(() => api.pin(chat, refOf(item), true)),
      },
    mayWrite && may.pat(item) && { icon: Hand, words: "menu.pat", testId: "pat", run: () => pat(chat, item) },
    mayWrite && may.edit(item) && { icon: PencilLine, words: "menu.edit", testId: "edit", run: () => edit(chat, item) },
    mayWrite &&
      may.recall(item) && { icon: Undo2, words: "menu.recall", testId: "recall", run: () => void recall(chat, item) },
    letter !== undefined &&
      (isTranslated(chat, item, letter)
        ? { icon: Languages, words: "translate.off", testId: "translate-off", run: () => decide(item, false) }
        : {
            icon: Languages,
            words: "menu.translate",
            testId: "translate",
            run: () => void showTranslation(item, letter),
          }),
    item.body.kind === "text" &&
      mayListen(languageOf(item.body.text, locale.value)) && {
        icon: Volume2,
        words: "menu.listen",
        testId: "menu-listen",
        run: () => {
          if (item.body.kind === "text") listen(item.id, item.body.text, languageOf(item.body.text, locale.value));
        },
      },
    isUnsent && {
      icon: RotateCcw,
      words: "send.again",
      testId: "send-again",
      run: () => void attempt(() => api.resend(item.id)),
    },
    isUnsent
      ? {
          icon: Trash2,
          words: "send.discard",
          testId: "discard",
          danger: true,
          run: () => void discard(item),
        }
      : {
          icon: Trash2,
          words: "menu.delete",
          testId: "delete",
          danger: true,
          run: () => void remove(chat, [item]),
        },
  ];
  return (
    <Menu
      label={t("msg.menu")}
      class="message-menu"
      anchor={anchor}
      align={item.mine ? "end" : "start"}
      onClose={onClose}
    >
      {mayWrite && may.react(item) && (
        <div class="menu-faces">
          {faces.map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitemcheckbox"
              aria-checked={item.reactions?.some((one) => one.mine && one.emoji === emoji) === true}
              tabIndex={-1}
              data-testid="react"
              data-emoji={emoji}
              onClick={after(() => react(chat, item, emoji))}
            >
              {emoji}
            </button>
          ))}
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            class="more-faces"
            aria-label={t("react.more")}
            data-testid="react-more"
            onClick={after(() => {
              openedSheet.value = { kind: "faces", chat, item };
            })}
          >
            <Icon of={Plus} size="s" />
          </button>
        </div>
      )}
      <div class="menu-acts">
        {actions
          .filter((action) => action !== false)
          .map(({ icon, words, testId, run, danger }) => (
            <button
              key={testId}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={danger === true ? "danger" : ""}
              data-testid={testId}
              onClick={after(run)}
            >
              <Icon of={icon} />
              {t(words)}
            </button>
          ))}
      </div>
    </Menu>
  );
}
