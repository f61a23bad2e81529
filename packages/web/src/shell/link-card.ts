/**
 * What home keeps, sealed, beside a link: a name and faces, a moment after the link itself was read
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
    // Without it there is the name that stands in the link, and a seal.
    api.linkCard(link).then(setCard, () => undefined);
  }, [link]);
  return card;
}
