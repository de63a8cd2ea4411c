/** Whoever shows a tool of the desk imports this: its words are there before it is drawn. */
import { loadMoreWords } from "./i18n";

await loadMoreWords("desk");
