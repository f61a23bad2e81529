/**
 * Bars at the top of a screen. `TopBar` has a back button; `TabBar` has none, for the screens of the tabs.
 */
import { ChevronLeft } from "lucide";
import type { ComponentChildren } from "preact";
import { t } from "../locales/i18n.ts";
import { Icon } from "./icon.tsx";
import { back } from "./router.ts";

export function BackButton({ onBack = back }: { onBack?: () => void }) {
  return (
    <button type="button" class="ib back" aria-label={t("action.back")} data-testid="back" onClick={onBack}>
      <Icon of={ChevronLeft} />
    </button>
  );
}

type TopBarProps = {
  readonly title: string;
  /** A line under the title. */
  readonly sub?: ComponentChildren;
  /** Shown at the right end, mostly a button. */
  readonly end?: ComponentChildren;
  /** Without background and bottom line. */
  readonly plain?: boolean;
  readonly onBack?: () => void;
};

export function TopBar({ title, sub, end, plain, onBack }: TopBarProps) {
  return (
    <header class={`bar ${plain === true ? "" : "surface line"}`}>
      <BackButton {...(onBack === undefined ? {} : { onBack })} />
      <div class="mid">
        {/* An empty title means that the page has its own heading. */}
        {title !== "" && (
          <h1 class="title ell" data-testid="title">
            {title}
          </h1>
        )}
        {sub}
      </div>
      {end ?? <span class="ib" />}
    </header>
  );
}

export function TabBar({ title, brush, end }: { title: string; brush?: boolean; end?: ComponentChildren }) {
  return (
    <header class="bar surface">
      <h1 class={`big ${brush === true ? "brush" : ""}`}>{title}</h1>
      {end}
    </header>
  );
}
