/**
 * What can be done with a chat whose row was swiped aside: what one does most. All of it stands in the row's menu too
 * (row-menu.tsx).
 */
import type { ChatRow } from "@yanshu/client";
import { Bell, BellOff, Pin, PinOff, Trash2 } from "lucide";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { titleOf } from "../kit/title.ts";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { api, attempt } from "../shell/session.ts";
import { DeleteChat } from "./delete-chat.tsx";
import { swiped } from "./swiped.ts";

export function RowActs({ row }: { row: ChatRow }) {
  const acts = useRef<HTMLDivElement>(null);
  const [isDeleting, setDeleting] = useState(false);
  const id = row.conversation;
  const close = () => {
    acts.current?.parentElement?.style.removeProperty("--swiped");
    swiped.value = undefined;
  };
  useLayoutEffect(() => {
    const room = acts.current?.parentElement;
    const outside = (event: Event) => {
      const isInside = event.target instanceof Node && acts.current?.contains(event.target) === true;
      if (isInside || isDeleting || room?.classList.contains("held") === true) return;
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
  }, [isDeleting]);
  const act = (work: () => Promise<unknown>) => () => {
    close();
    void attempt(work);
  };
  return (
    <>
      <div ref={acts} class="row-acts" data-testid="row-acts">
        <div>
          <button type="button" data-testid="swipe-pin" onClick={act(() => api.setPinned(id, !row.isPinned))}>
            <Icon of={row.isPinned ? PinOff : Pin} />
            {t(row.isPinned ? "row.unpin" : "row.pin")}
          </button>
          <button type="button" data-testid="swipe-mute" onClick={act(() => api.setMuted(id, !row.isMuted))}>
            <Icon of={row.isMuted ? Bell : BellOff} />
            {t(row.isMuted ? "row.unmute" : "row.mute")}
          </button>
          <button type="button" class="danger" data-testid="swipe-delete" onClick={() => setDeleting(true)}>
            <Icon of={Trash2} />
            {t("menu.delete")}
          </button>
        </div>
      </div>
      {isDeleting && <DeleteChat id={id} title={titleOf(row)} onClose={close} />}
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
