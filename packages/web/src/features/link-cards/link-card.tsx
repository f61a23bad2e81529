/**
 * What a link in a message leads to, as its sender's device knew it. The host is read from the address, never from the
 * title.
 */
import type { LinkView, TimelineItem } from "@yanshu/client";
import { Link as LinkIcon } from "lucide";
import { hostOf } from "../../kit/links/found.ts";
import { OutLink } from "../../kit/links/out-link.tsx";
import { languageOf } from "../../kit/text.ts";
import { locale } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { pictureUrl } from "../../shell/picture-url.ts";
import "./link-cards.css";

export function LinkCard({ item, link }: { item: TimelineItem; link: LinkView }) {
  return (
    <OutLink from={item.from} isMine={item.mine} url={link.url} class="link-card" testId="link-card">
      <span class="link-card-words">
        <span class="link-card-title" lang={languageOf(link.title, locale.value)}>
          {link.title}
        </span>
        <small class="ell" data-testid="link-host">
          {hostOf(link.url)}
        </small>
      </span>
      {link.thumb === undefined ? (
        <span class="link-card-thumb" aria-hidden="true">
          <Icon of={LinkIcon} />
        </span>
      ) : (
        <img class="link-card-thumb" src={pictureUrl(link.thumb)} alt="" />
      )}
    </OutLink>
  );
}
