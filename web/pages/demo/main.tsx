/** @jsxImportSource preact */
import { render } from "preact";
import { loadTexts } from "../texts.ts";
import { markDone } from "../tour.ts";
import { Shop } from "./shop.tsx";

markDone("shop");
// What a shop's page can learn of the chat: that something was said, not what.
window.addEventListener("parley:message", (event) => {
  const { direction, automatic } = (event as CustomEvent<{ direction: string; automatic: boolean }>).detail;
  if (direction === "incoming") markDone("asked");
  else if (direction === "outgoing") markDone(automatic ? "automatic" : "person");
});

const page = document.querySelector("#page");
if (page) {
  const texts = await loadTexts();
  document.title = texts.t("demo.name");
  render(<Shop {...texts} />, page);
}
