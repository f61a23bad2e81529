/** The input of the lock's secret: a pad for digits, or a field for words. */
import type { LockRecord } from "../../shared/lock-record.ts";
import { Pad } from "./pad.tsx";
import { WordsField } from "./words-field.tsx";

type SecretProps = {
  readonly asks: LockRecord["asks"];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onDone: () => void;
  readonly isBusy: boolean;
  /** `data-testid` of the field for words. */
  readonly testId?: string;
};

export function Secret({ asks, testId = "lock-words", ...field }: SecretProps) {
  return asks === "digits" ? <Pad {...field} /> : <WordsField {...field} testId={testId} />;
}
