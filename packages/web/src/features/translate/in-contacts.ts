/** The switch of a chat that shows both languages, among its details. */
export { BothLinesRow } from "./rows.tsx";
