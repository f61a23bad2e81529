/**
 * One of a few: a sheet with a tick beside the chosen one.
 */
import { Check } from "lucide";
import { Icon } from "./icon.tsx";
import { Sheet } from "./sheet.tsx";

type ChoiceProps<T extends string> = {
  readonly title: string;
  readonly options: readonly { readonly value: T; readonly label: string; readonly lang?: string }[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
  readonly onClose: () => void;
};

export function Choice<T extends string>({ title, options, chosen, onChoose, onClose }: ChoiceProps<T>) {
  return (
    <Sheet title={title} onClose={onClose}>
      <h2 class="sheet-title">{title}</h2>
      <div class="choice">
        {options.map(({ value, label, lang }) => (
          <button
            key={value}
            type="button"
            aria-pressed={value === chosen}
            {...(lang === undefined ? {} : { lang })}
            data-testid={`choose-${value}`}
            onClick={() => {
              onChoose(value);
              onClose();
            }}
          >
            <span>{label}</span>
            {value === chosen && <Icon of={Check} />}
          </button>
        ))}
      </div>
    </Sheet>
  );
}
