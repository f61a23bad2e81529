/**
 * The menu of a message: six faces and more, then what can be done with it, five across and always in the same
 * order, so that the thumb learns it.
 */
import type { TimelineItem } from "@yanshu/client";
import { Plus } from "lucide";
import type { RefObject } from "preact";
import { openSheet } from "../kit/opened-sheet.ts";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { lazily } from "../shell/lazy.ts";
import { Menu } from "../shell/menu.tsx";
import { useView } from "../shell/session.ts";
import { actionsFor } from "./actions.ts";
import { may, react } from "./acts.ts";
import { FacesSheet } from "./sheets.tsx";

const faces = ["❤️", "😂", "👍", "🥹", "🌹", "🎉"] as const;
const facesSheet = lazily(async () => FacesSheet);

type MessageMenuProps = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly mayWrite: boolean;
  readonly onClose: () => void;
};

export function MessageMenu({ chat, item, anchor, mayWrite, onClose }: MessageMenuProps) {
  const view = useView("conversation", chat);
  const after = (work: () => void) => () => {
    onClose();
    work();
  };
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
              openSheet(facesSheet, { chat, item });
            })}
          >
            <Icon of={Plus} size="s" />
          </button>
        </div>
      )}
      <div class="menu-acts">
        {actionsFor({ chat, item, mayWrite, view }).map(({ icon, words, id, run, danger }) => (
          <button
            key={id}
            type="button"
            role="menuitem"
            tabIndex={-1}
            class={danger === true ? "danger" : ""}
            data-testid={id}
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
