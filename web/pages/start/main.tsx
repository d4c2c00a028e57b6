/** @jsxImportSource preact */
import { render } from "preact";
import { loadTexts } from "../texts.ts";
import { StartPage } from "./start-page.tsx";

const page = document.querySelector("#page");
if (page) render(<StartPage {...(await loadTexts())} />, page);
