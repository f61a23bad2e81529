/** A sum and what it is of: points, or a currency. */
import { t } from "../../locales/i18n.ts";
import { currencies, type Unit } from "./sums.ts";

type SumFieldProps = {
  readonly label: string;
  readonly testId: string;
  readonly unit: Unit;
  readonly onUnit: (unit: Unit) => void;
  readonly onSum: (text: string) => void;
};

export function SumField({ label, testId, unit, onUnit, onSum }: SumFieldProps) {
  return (
    <div class="packet-line">
      <label for={testId}>{label}</label>
      <input
        id={testId}
        class="num"
        inputMode="decimal"
        autocomplete="off"
        maxLength={9}
        placeholder="0.00"
        data-testid={testId}
        onInput={(event) => onSum(event.currentTarget.value)}
      />
      <select
        aria-label={t("packet.unit")}
        data-testid={`${testId}-unit`}
        value={unit.of === "points" ? "" : unit.currency}
        onChange={({ currentTarget: { value } }) =>
          onUnit(value === "" ? { of: "points", currency: "" } : { of: "money", currency: value })
        }
      >
        <option value="">{t("packet.unitPoints")}</option>
        {currencies.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </div>
  );
}
