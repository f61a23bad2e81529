/** The scanner: for links that lead here, and from here on. */
export { Scan } from "../../kit/scan/scan.tsx";
