/** Both languages are there before a test speaks one of them. */
import { loadWords } from "../src/text/i18n";

await Promise.all([loadWords("zh"), loadWords("en")]);
