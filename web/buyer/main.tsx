/** @jsxImportSource preact */
import { render } from "preact";
import { App } from "./app.tsx";
import { firstLocale, loadTexts } from "./texts.ts";

const page = document.querySelector("#page");
if (page) {
  void loadTexts(firstLocale()).then((texts) => render(<App first={texts} />, page));
}
