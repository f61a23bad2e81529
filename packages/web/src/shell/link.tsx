/**
 * A link inside the app: an `<a>` with a real address, so that it can be focused, copied and opened in a new tab. A
 * click navigates without a reload.
 */
import type { ComponentChildren } from "preact";
import type { PressHandlers } from "./long-press.ts";
import { go } from "./router.ts";
import { pathOf, type Route } from "./routes.ts";

type LinkProps = Partial<PressHandlers> & {
  readonly to: Route;
  readonly replace?: boolean;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly title?: string;
  readonly lang?: string;
  readonly tabIndex?: number;
  /** Called at a click, before the navigation. */
  readonly onPick?: () => void;
  readonly "aria-label"?: string;
  readonly "aria-current"?: "page" | "true" | undefined;
  readonly "data-testid"?: string;
  readonly "data-conversation"?: string;
  readonly "data-account"?: string;
  readonly "data-unread"?: number;
};

export function Link({ to, replace, onPick, children, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={pathOf(to)}
      draggable={false}
      onClick={(event) => {
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onPick?.();
        go(to, replace === true ? "replace" : "push");
      }}
    >
      {children}
    </a>
  );
}
