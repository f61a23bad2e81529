/** A button that was pressed, as its own words in the chat. */
import { SquareMenu } from "lucide";
import type { BubbleProps } from "../../feature.ts";
import { languageOf } from "../../kit/text.ts";
import { locale } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import "./services.css";

export function Press({ body: { words } }: BubbleProps<"servicePress">) {
  return (
    <p class="service-press" lang={languageOf(words, locale.value)} data-testid="service-press">
      <Icon of={SquareMenu} size="s" />
      {words}
    </p>
  );
}
