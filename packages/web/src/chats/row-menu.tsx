/**
 * What can be done with a chat from its row in the list: a long press, a right click, the Menu key. All of it
 * stands in the chat's own details too (kit/chat-rows.tsx).
 */
import type { ChatRow } from "@yanshu/client";
import { useRef, useState } from "preact/hooks";
import type { RowAction } from "../feature.ts";
import { t } from "../locales/i18n.ts";
import { Menu, MenuItem } from "../shell/menu.tsx";
import { rowActions } from "./row-actions.ts";

type RowMenuProps = {
  readonly row: ChatRow;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
};

export function RowMenu({ row, at, onClose }: RowMenuProps) {
  const [asking, setAsking] = useState<Extract<RowAction, { sheet: unknown }> | undefined>(undefined);
  const anchor = useRef<HTMLElement | null>(
    document.querySelector<HTMLElement>(`[data-testid="chat-row"][data-conversation="${row.conversation}"]`),
  );
  const pick = (action: RowAction) => () => {
    if ("sheet" in action) return setAsking(action);
    onClose();
    action.run();
  };
  if (asking !== undefined) return <asking.sheet row={row} onClose={onClose} />;
  return (
    <Menu label={t("row.menu")} anchor={anchor} at={at} onClose={onClose}>
      {rowActions(row).map((action) => (
        <MenuItem
          key={action.id}
          icon={action.icon}
          testId={`row-${action.id}`}
          {...(action.danger === true ? { danger: true } : {})}
          onPick={pick(action)}
        >
          {t(action.words)}
        </MenuItem>
      ))}
    </Menu>
  );
}
