/**
 * A link out of the app, to a new tab without referrer and opener. In elder mode, a link from somebody who is not
 * family opens only after a question that names its host.
 */
import type { ContactRow } from "@yanshu/client";
import type { ComponentChildren } from "preact";
import { t } from "../../locales/i18n.ts";
import { elder } from "../../shell/prefs.ts";
import { go, setPendingLink } from "../../shell/router.ts";
import { openedLink } from "../../shell/routes.ts";
import { useView } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { hostOf, isWebAddress } from "./found.ts";

type OutLinkProps = {
  /** The author of the message or post with the link. */
  readonly from: { readonly account: string; readonly name: string };
  readonly isMine: boolean;
  readonly url: string;
  readonly class?: string;
  readonly testId?: string;
  readonly children: ComponentChildren;
};

export function OutLink(props: OutLinkProps) {
  return elder.value && !props.isMine ? <AskedLink {...props} /> : <Anchor {...props} />;
}

function AskedLink(props: OutLinkProps) {
  const { from } = props;
  const contacts = useView("contacts");
  if (isFamily(contacts?.find(({ account }) => account === from.account))) return <Anchor {...props} />;
  const ask = async () => {
    const yes = await confirm({
      title: t("linkCard.ask", { host: hostOf(props.url) }),
      note: t("linkCard.askNote", { name: from.name }),
      action: t("linkCard.open"),
    });
    if (yes && isWebAddress(props.url)) window.open(props.url, "_blank", "noopener,noreferrer");
  };
  return <Anchor {...props} onClick={() => void ask()} />;
}

/** A contact counts as family if starred, or with a tag that says so. */
function isFamily(row: ContactRow | undefined): boolean {
  return row !== undefined && (row.isStarred || row.tags.some((tag) => /家|亲|親|family/i.test(tag)));
}

/** A link of a person, a group or a program at this home: it leads to a screen that asks, and out of nowhere. */
function ownLink(url: string): string | undefined {
  const at = URL.canParse(url) ? new URL(url) : undefined;
  return at?.origin === location.origin ? openedLink(at.hash) : undefined;
}

function openLink(link: string): void {
  setPendingLink(link);
  go({ name: "opened-link" });
}

function Anchor({ url, testId, children, onClick, ...rest }: OutLinkProps & { readonly onClick?: () => void }) {
  return (
    <a
      class={rest.class}
      href={isWebAddress(url) ? url : "about:blank"}
      target="_blank"
      rel="noopener noreferrer"
      data-testid={testId}
      onClick={(event) => {
        const own = ownLink(url);
        if (onClick === undefined && own === undefined) return;
        event.preventDefault();
        if (own === undefined) onClick?.();
        else openLink(own);
      }}
    >
      {children}
    </a>
  );
}
