/** @jsxImportSource preact */
import { render } from "preact";
import { loadTexts } from "../texts.ts";
import { Mailbox } from "./mailbox.tsx";

const page = document.querySelector("#page");
if (page) {
  const texts = await loadTexts();
  document.title = texts.t("mailbox.title");
  render(<Mailbox {...texts} />, page);
}
