/**
 * The menu of a message: what features put on top of it, then what can be done with it, five across and always in the
 * same order, so that the thumb learns it.
 */
import type { TimelineItem } from "@yanshu/client";
import type { RefObject } from "preact";
import type { Chosen } from "../feature.ts";
import { t } from "../locales/i18n.ts";
import { inChats } from "../shell/features.ts";
import { Icon } from "../shell/icon.tsx";
import { Menu } from "../shell/menu.tsx";
import { useView } from "../shell/session.ts";
import { actionsFor } from "./actions.ts";

type MessageMenuProps = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly mayWrite: boolean;
  readonly onClose: () => void;
};

export function MessageMenu({ chat, item, anchor, mayWrite, onClose }: MessageMenuProps) {
  const view = useView("conversation", chat);
  const chosen: Chosen = { chat, item, mayWrite, view };
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
      {inChats().map(({ menuTop: Top }, place) => Top !== undefined && <Top key={place} {...chosen} then={after} />)}
      <div class="menu-acts">
        {actionsFor(chosen).map(({ icon, words, id, run, danger }) => (
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
