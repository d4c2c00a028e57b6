import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { keyQueue, listenForKeys } from "./shell/keys.ts";
import { startTexts } from "./texts.ts";

listenForKeys();
const started = keyQueue.hold();
const translations = await startTexts();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App translations={translations} onShown={started} />
  </StrictMode>,
);
