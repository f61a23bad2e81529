/** Above the composer's field while it has a link: the preview that will be sent. Without a title there is none. */
import { Link as LinkIcon, X } from "lucide";
import { useRef } from "preact/hooks";
import { linkDrafts, noteLink } from "../../kit/links/drafts.ts";
import { hostOf } from "../../kit/links/found.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { pictureUrl } from "../../shell/picture-url.ts";
import "./link-cards.css";

export function LinkStrip({ chat, url }: { chat: string; url: string }) {
  const draft = linkDrafts.value.get(chat);
  const held = draft?.url === url ? draft : undefined;
  const field = useRef<HTMLInputElement>(null);
  if (held?.isAway === true) return null;
  const title = held?.title ?? "";
  return (
    <div class="link-strip" data-testid="link-strip">
      {held?.thumb === undefined ? <Icon of={LinkIcon} size="s" /> : <img src={pictureUrl(held.thumb)} alt="" />}
      <span class="link-strip-words">
        <input
          ref={field}
          class="link-title"
          aria-label={t("linkCard.title")}
          placeholder={t("linkCard.title")}
          maxLength={200}
          value={title}
          data-testid="link-title"
          onInput={(event) => noteLink(chat, { ...held, url, title: event.currentTarget.value, isAway: false })}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault();
          }}
        />
        <small class="ell">{hostOf(url)}</small>
      </span>
      <button
        type="button"
        class="ib"
        aria-label={t("linkCard.none")}
        data-testid="link-away"
        onClick={() => noteLink(chat, { url, title: "", isAway: true })}
      >
        <Icon of={X} size="s" />
      </button>
    </div>
  );
}
