/**
 * What stands around a running program: its bar, its name and the capsule are the app's own, outside the frame, so that
 * a program cannot draw over them (docs/spec/programs.md PR11).
 */
import { ArrowLeft, Blocks, CircleDot, Ellipsis } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Over } from "../../kit/over.tsx";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import "./programs.css";

export type RunState = "opening" | "running" | "ended";
type AroundProps = {
  readonly name: string;
  readonly title?: string | undefined;
  readonly state: RunState;
  readonly onBack?: (() => void) | undefined;
  readonly onMore: () => void;
  readonly onClose: () => void;
  /** The frame. */
  readonly children: ComponentChildren;
  /** Stands below it, and over it. */
  readonly more?: ComponentChildren;
  readonly toast?: string | undefined;
};

/** A browser opens a link that is dropped on a page: one that is dragged out of a program leads nowhere (PR84). */
function refuseDrop(event: DragEvent): void {
  event.preventDefault();
  if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
}

export function Around({ name, title, state, onBack, onMore, onClose, children, more, toast }: AroundProps) {
  useEffect(() => {
    for (const kind of ["dragover", "drop"] as const) addEventListener(kind, refuseDrop);
    return () => {
      for (const kind of ["dragover", "drop"] as const) removeEventListener(kind, refuseDrop);
    };
  }, []);
  return (
    <Over label={name} kind="program" testId="program" onClose={onBack ?? onClose}>
      <header class="program-bar">
        {onBack === undefined ? (
          <span class="program-badge" aria-hidden="true">
            <Icon of={Blocks} />
          </span>
        ) : (
          <button type="button" class="ib" aria-label={t("action.back")} data-testid="program-back" onClick={onBack}>
            <Icon of={ArrowLeft} />
          </button>
        )}
        <div class="program-names">
          <h1 data-testid="program-title">{title || name}</h1>
          {/* The name that it was packed with stands first: what a page calls itself above may be anything. */}
          <small data-testid="program-name">{t("program.named", { name })}</small>
        </div>
        <div class="capsule">
          <button type="button" aria-label={t("program.more")} data-testid="program-more" onClick={onMore}>
            <Icon of={Ellipsis} />
          </button>
          <button type="button" aria-label={t("action.close")} data-testid="program-close" onClick={onClose}>
            <Icon of={CircleDot} />
          </button>
        </div>
      </header>
      <div class="program-room">
        {state === "ended" ? (
          <p class="program-said" data-testid="program-ended">
            {t("program.ended")}
          </p>
        ) : (
          children
        )}
        {state === "opening" && <p class="program-said">{t("program.opening")}</p>}
        {toast !== undefined && (
          <p class="program-toast" role="status" data-testid="program-toast">
            {toast}
          </p>
        )}
      </div>
      {more}
    </Over>
  );
}
