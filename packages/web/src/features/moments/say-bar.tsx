/**
 * The field for a comment on a post: above it the comment that it replies to, below it who will read it.
 */

import { UsersRound, X } from "lucide";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Goose } from "../../shell/mark.tsx";
import { api, attempt } from "../../shell/session.ts";
import type { Answering } from "./post.tsx";

/** UTF-16 units. */
const textMax = 600;

export function SayBar({ answering, onDone }: { readonly answering: Answering; readonly onDone: () => void }) {
  const { post, to } = answering;
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const isSaying = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus();
  }, [post.id, to?.id]);
  const say = async () => {
    if (text.trim() === "" || isSaying.current) return;
    isSaying.current = true;
    const said = await attempt(() => api.commentMoment(post.id, text.trim(), to?.id));
    isSaying.current = false;
    if (said !== undefined) onDone();
  };
  const who = post.author.isMe
    ? t("moments.commentWhoMine")
    : t("moments.commentWho", { name: (to?.by.isMe === false ? to.by : post.author).name });
  return (
    <form
      class="say-bar surface"
      data-testid="say-bar"
      onSubmit={(event) => {
        event.preventDefault();
        void say();
      }}
    >
      <div class="say-to">
        <span class="ell">
          {to === undefined
            ? t("moments.comment")
            : `${t("moments.reply", { name: to.by.name })}${t("moments.colon")}${to.text}`}
        </span>
        <button type="button" class="ib" aria-label={t("moments.noReply")} data-testid="say-close" onClick={onDone}>
          <Icon of={X} size="s" />
        </button>
      </div>
      <div class="say-in">
        <textarea
          ref={field}
          class="box"
          rows={1}
          maxLength={textMax}
          aria-label={to === undefined ? t("moments.comment") : t("moments.reply", { name: to.by.name })}
          data-testid="say-field"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              event.stopPropagation();
              event.preventDefault();
              onDone();
            }
            // Enter in an input method picks a word (keyCode 229: Safari); on a phone it makes a new line.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            if (matchMedia("(pointer: coarse)").matches) return;
            event.preventDefault();
            void say();
          }}
        />
        <button type="submit" class="mo-send" aria-label={t("compose.send")} data-testid="say-send">
          <Goose />
        </button>
      </div>
      <p class="say-who" data-testid="say-who">
        <Icon of={UsersRound} size="xs" />
        {who}
      </p>
    </form>
  );
}
