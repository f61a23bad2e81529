/**
 * Whose a channel is, in words (docs/spec/channels.md CH95–CH97, WE301): the domain that it names, and what that domain
 * says. The name stands there as it is typed; a sign alone says nothing.
 */
import type { ChannelDomainView } from "@yanshu/client";
import { BadgeCheck, CircleAlert, Globe } from "lucide";
import { useState } from "preact/hooks";
import { locale, t } from "../locales/i18n.ts";
import { useBusy } from "../shell/busy.ts";
import { Icon } from "../shell/icon.tsx";
import { nowMs } from "../shell/now.ts";
import { api, attempt } from "../shell/session.ts";
import { copyText } from "../shell/share.ts";
import { ask } from "../shell/sheet.tsx";
import { toast } from "../shell/toast.tsx";
import { listTime } from "./time.ts";
import "./domain.css";

const lengthMax = 200;
const pathThere = "/.well-known/yanshu-channel";
const signs = { own: BadgeCheck, other: CircleAlert, unasked: Globe };

type DomainProps = {
  readonly of: { readonly id: string; readonly isMine: boolean; readonly domain?: ChannelDomainView };
};

export function Domain({ of: { id, isMine, domain } }: DomainProps) {
  const [isAsking, run] = useBusy();
  const [isSilent, setSilent] = useState(false);
  if (domain === undefined)
    return isMine ? (
      <p class="domain">
        <Change id={id} name="" />
      </p>
    ) : null;
  const { name, says, atMs } = domain;
  const when = { today: t("time.today"), yesterday: t("time.yesterday") };
  const words = { domain: name, when: listTime(atMs, nowMs.value, locale.value, when) };
  const look = async () => {
    setSilent((await attempt(() => api.askChannelDomain(id))) === false);
  };
  return (
    <section class="domain" data-says={says} data-testid="domain">
      <p>
        <Icon of={signs[says]} size="s" />
        <span>
          <bdi class="domain-name" translate={false}>
            {name}
          </bdi>
          <span role="status">{isSilent ? t("domain.silent", words) : t(`domain.${says}`, words)}</span>
        </span>
      </p>
      {isMine && says !== "own" && (
        <p class="domain-how">
          <span>{t("domain.how", words)}</span>
          <code>{`https://${name}${pathThere}`}</code>
          <button type="button" class="btn sm line" data-testid="domain-copy" onClick={() => void copyText(id)}>
            {t("domain.copy")}
          </button>
        </p>
      )}
      <span class="domain-acts">
        <button
          type="button"
          class="btn sm line"
          disabled={isAsking}
          aria-busy={isAsking}
          data-testid="domain-ask"
          onClick={() => void run(look)}
        >
          {t(says === "unasked" ? "domain.ask" : "domain.again", words)}
        </button>
        {isMine && <Change id={id} name={name} />}
      </span>
      {!isMine && says === "unasked" && <small>{t("domain.note", words)}</small>}
    </section>
  );
}

function Change({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <button type="button" class="btn sm line" data-testid="domain-set" onClick={() => void change(id, name)}>
      {t(name === "" ? "domain.add" : "domain.change")}
    </button>
  );
}

async function change(id: string, name: string): Promise<void> {
  const said = await ask({
    title: t("domain.title"),
    label: t("domain.label"),
    value: name,
    action: t("domain.keep"),
    lengthMax,
  });
  if (said === undefined) return;
  const domain = domainIn(said);
  if (domain === undefined) toast(t("domain.bad"));
  else await attempt(() => api.setChannelProfile(id, { domain }));
}

/** Of a name or an address that was typed or pasted; empty: none. Undefined where it is no domain of the internet. */
function domainIn(text: string): string | undefined {
  const typed = text.trim();
  if (typed === "") return "";
  try {
    const { hostname } = new URL(/^https?:/i.test(typed) ? typed : `https://${typed}`);
    return /\.[a-z][a-z0-9-]+$/.test(hostname) ? hostname : undefined;
  } catch {
    return undefined;
  }
}
