/** An id, as screens and the terminal name it: lowercase hex. */
export type Hex = string;
