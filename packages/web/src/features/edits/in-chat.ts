/** How a message read before. */
export { HistorySheet } from "./history-sheet.tsx";
