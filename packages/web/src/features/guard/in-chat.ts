/** What is said in a conversation about devices that were refused. */
export { Notice } from "./notice.tsx";
