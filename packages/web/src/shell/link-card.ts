/**
 * The link card, which home keeps encrypted for a link: a name and faces. It is fetched after the link was read
 * (docs/spec/identity.md ID62).
 */
import type { ClientApi } from "@yanshu/client";
import { useEffect, useState } from "preact/hooks";
import { api } from "./session.ts";

type Card = NonNullable<Awaited<ReturnType<ClientApi["linkCard"]>>>;

export function useLinkCard(link: string): Card | undefined {
  const [card, setCard] = useState<Card | undefined>(undefined);
  useEffect(() => {
    setCard(undefined);
    // Without a card the page shows the name in the link, and a drawn avatar.
    api.linkCard(link).then(setCard, () => undefined);
  }, [link]);
  return card;
}
