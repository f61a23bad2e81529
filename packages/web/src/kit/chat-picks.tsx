/** A list in which the person picks chats to send something to: at most nine, with a search by name. */
import { useState } from "preact/hooks";
import { locale, t } from "../locales/i18n.ts";
import { Mosaic } from "../shell/avatar.tsx";
import { useView } from "../shell/session.ts";
import { toast } from "../shell/toast.tsx";
import { languageOf } from "./text.ts";
import { titleOf } from "./title.ts";
import "../styles/chat.css";
import "../styles/gather.css";

const chatsMax = 9;

type ChatPicksProps = {
  readonly picked: readonly string[];
  readonly onPicked: (picked: readonly string[]) => void;
  /** A conversation that is not offered. */
  readonly except?: string | undefined;
};

export function ChatPicks({ picked, onPicked, except }: ChatPicksProps) {
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const rows = (useView("chats") ?? []).filter(
    (row) => row.state === "open" && row.conversation !== except && titleOf(row).toLowerCase().includes(wanted),
  );
  /** Returns whether the chat is picked now. */
  const toggle = (id: string): boolean => {
    if (picked.includes(id)) onPicked(picked.filter((one) => one !== id));
    else if (picked.length < chatsMax) onPicked([...picked, id]);
    else toast(t("forward.most", { n: chatsMax }));
    return !picked.includes(id) && picked.length < chatsMax;
  };
  return (
    <>
      <input
        type="search"
        class="field-box"
        aria-label={t("forward.find")}
        placeholder={t("forward.find")}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <ul class="forward-list">
        {rows.map((row) => (
          <li key={row.conversation}>
            <label class="check">
              <input
                type="checkbox"
                checked={picked.includes(row.conversation)}
                data-testid="forward-chat"
                data-conversation={row.conversation}
                onChange={(event) => {
                  event.currentTarget.checked = toggle(row.conversation);
                }}
              />
              <Mosaic faces={row.faces} />
              <span class="ell" lang={languageOf(row.title, locale.value)}>
                {titleOf(row)}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </>
  );
}
