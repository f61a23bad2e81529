/** The part of the frame that comes with a program that names one of these (docs/spec/programs.md PR72). */
import type { Kinds } from "./kind.ts";
import { picker, pickerView } from "./pickers.ts";
import { richText } from "./rich-text.ts";

const kinds: Kinds = { picker, "picker-view": pickerView, "rich-text": richText };
Object.assign(self, { __more: kinds });
