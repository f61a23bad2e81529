/** A link from an avatar or a name to the person's Moments. */
import type { MomentPerson } from "@yanshu/client";
import type { ComponentChildren } from "preact";
import { t } from "../../locales/i18n.ts";
import { Link } from "../../shell/link.tsx";

export function PersonLink({
  person,
  children,
  ...rest
}: {
  readonly person: MomentPerson;
  readonly class?: string;
  readonly lang?: string;
  readonly children: ComponentChildren;
}) {
  const isFace = rest.class !== undefined;
  return (
    <Link
      to={person.isMe ? { name: "moments-mine" } : { name: "moments-of", id: person.account }}
      {...rest}
      {...(isFace ? { "aria-label": t("moments.of", { name: person.name }), tabIndex: -1 } : {})}
    >
      {children}
    </Link>
  );
}
