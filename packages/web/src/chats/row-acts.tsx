/**
 * What can be done with a chat whose row was swiped aside: what one does most. All of it stands in the row's menu too
 * (row-menu.tsx).
 */
import type { ChatRow } from "@yanshu/client";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RowAction } from "../feature.ts";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { rowActions } from "./row-actions.ts";
import { swiped } from "./swiped.ts";

export function RowActs({ row }: { row: ChatRow }) {
  const acts = useRef<HTMLDivElement>(null);
  const [asking, setAsking] = useState<Extract<RowAction, { sheet: unknown }> | undefined>(undefined);
  const isAsking = asking !== undefined;
  const close = () => {
    acts.current?.parentElement?.style.removeProperty("--swiped");
    swiped.value = undefined;
  };
  useLayoutEffect(() => {
    const room = acts.current?.parentElement;
    const outside = (event: Event) => {
      const isInside = event.target instanceof Node && acts.current?.contains(event.target) === true;
      if (isInside || isAsking || room?.classList.contains("held") === true) return;
      // The tap that closes it opens nothing.
      if (room?.contains(event.target as Node) === true) swallowClick();
      close();
    };
    document.addEventListener("pointerdown", outside, true);
    addEventListener("popstate", close);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      removeEventListener("popstate", close);
      room?.style.removeProperty("--swiped");
    };
  }, [isAsking]);
  const pick = (action: RowAction) => () => {
    if ("sheet" in action) return setAsking(action);
    close();
    action.run();
  };
  return (
    <>
      <div ref={acts} class="row-acts" data-testid="row-acts">
        <div>
          {rowActions(row).map(
            (action) =>
              action.swiped !== undefined && (
                <button
                  key={action.id}
                  type="button"
                  class={action.danger === true ? "danger" : ""}
                  data-testid={`swipe-${action.id}`}
                  onClick={pick(action)}
                >
                  <Icon of={action.icon} />
                  {t(action.swiped)}
                </button>
              ),
          )}
        </div>
      </div>
      {asking !== undefined && <asking.sheet row={row} onClose={close} />}
    </>
  );
}

function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, true), 500);
}
