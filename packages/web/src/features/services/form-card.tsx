/** A form in the chat: rows with names, and a way on, which says where it leads. */
import { ChevronRight } from "lucide";
import type { BubbleProps } from "../../feature.ts";
import { hostOf } from "../../kit/links/found.ts";
import { OutLink } from "../../kit/links/out-link.tsx";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import "./services.css";

export function FormCard({ item, body: { title, rows, url } }: BubbleProps<"serviceForm">) {
  const lang = languageOf([title, ...rows.map(({ words }) => words)].join(""), locale.value);
  return (
    <section class="service-form" lang={lang} data-testid="service-form" aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {rows.map(({ name, words }, at) => (
          <div key={at} class={name === "" ? "whole" : ""}>
            {name !== "" && <dt>{name}</dt>}
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {url !== undefined && (
        <OutLink from={item.from} isMine={item.mine} url={url} class="service-on" testId="service-on">
          <span>{t("service.more", { host: hostOf(url) })}</span>
          <Icon of={ChevronRight} size="s" />
        </OutLink>
      )}
    </section>
  );
}
