/**
 * Rows of settings: an icon, a label and a value; as a link, a button or a switch.
 */
import { ChevronRight, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";
import { Link } from "./link.tsx";
import { route } from "./router.ts";
import { isWithin, type Route } from "./routes.ts";

type Look = {
  readonly icon: IconNode;
  readonly label: string;
  readonly note?: string;
  readonly value?: ComponentChildren;
  readonly danger?: boolean;
  readonly testId?: string;
};

function Inside({ icon, label, note, value, leads }: Look & { leads: boolean }) {
  return (
    <>
      <span class="ico">
        <Icon of={icon} />
      </span>
      <span class="x">
        <span>
          {label}
          {note !== undefined && <small>{note}</small>}
        </span>
        <span class="v">
          {value}
          {leads && <Icon of={ChevronRight} size="s" />}
        </span>
      </span>
    </>
  );
}

export function SettingLink({ to, ...look }: Look & { to: Route }) {
  const isMarked = isWithin(route.value, to.name);
  return (
    <Link
      to={to}
      class={`set ${isMarked ? "sel" : ""}`}
      aria-current={isMarked ? (route.value.name === to.name ? "page" : "true") : undefined}
      {...(look.testId === undefined ? {} : { "data-testid": look.testId })}
    >
      <Inside {...look} leads />
    </Link>
  );
}

export function SettingButton({ onClick, ...look }: Look & { onClick: () => void }) {
  return (
    <button
      type="button"
      class={`set ${look.danger === true ? "danger" : ""}`}
      data-testid={look.testId}
      onClick={onClick}
    >
      <Inside {...look} leads={look.danger !== true} />
    </button>
  );
}

export function SettingSwitch({
  isOn,
  onChange,
  ...look
}: Look & { isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      class="set"
      data-testid={look.testId}
      onClick={() => onChange(!isOn)}
    >
      <Inside {...look} leads={false} value={<span class={`sw ${isOn ? "on" : ""}`} aria-hidden="true" />} />
    </button>
  );
}
