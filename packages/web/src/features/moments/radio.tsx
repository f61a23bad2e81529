/** One choice of a radio group, as a whole row to tap: an `<input type="radio">`, so that arrow keys work. */
import type { ComponentChildren } from "preact";

type RadioProps = {
  readonly group: string;
  readonly isOn: boolean;
  readonly testId: string;
  readonly onPick: () => void;
  readonly children: ComponentChildren;
};

export function Radio({ group, isOn, testId, onPick, children }: RadioProps) {
  return (
    <label class="mo-radio">
      <input type="radio" name={group} checked={isOn} data-testid={testId} onChange={onPick} />
      <span class={`mo-ring ${isOn ? "on" : ""}`} aria-hidden="true" />
      <span class="grow">{children}</span>
    </label>
  );
}
