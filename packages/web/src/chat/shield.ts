/**
 * Shield: what a message shows may fail over what its author said; the messages around it, and the page, stay
 * (docs/spec/web.md WE92).
 */
import { Component, type ComponentChildren, h, type JSX } from "preact";
import { t } from "../locales/i18n.ts";
import { api } from "../shell/session.ts";

type ShieldProps = {
  /** Shown once more when it is another: it was edited, or a vote came. */
  readonly of: object;
  readonly children: ComponentChildren;
};

export class Shield extends Component<ShieldProps, { readonly failed?: object }> {
  override componentDidCatch(error: unknown): void {
    tellUnshown(error);
    this.setState({ failed: this.props.of });
  }

  override render(): ComponentChildren {
    return this.state.failed === this.props.of ? unshown() : this.props.children;
  }
}

/** What is made without a component fails while it is made. */
export function shielded(make: () => JSX.Element): JSX.Element {
  try {
    return make();
  } catch (error) {
    tellUnshown(error);
    return unshown();
  }
}

function unshown(): JSX.Element {
  return h("small", { class: "newer-note", "data-testid": "unshown" }, t("msg.unshown"));
}

/** Its name alone: the rest may hold words of the message. The device counts how often. */
function tellUnshown(error: unknown): void {
  void api.countUnshown().catch(() => undefined);
  console.error("A message cannot be shown:", error instanceof Error ? error.name : typeof error);
}
