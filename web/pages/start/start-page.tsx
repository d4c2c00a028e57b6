/** @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import { type Demo, goesToConsole, readAgentSteps, readDemo } from "../hub.ts";
import type { PageTexts } from "../texts.ts";
import { markDone, onTourChange, stepsDone, TOUR, type TourStep } from "../tour.ts";
import { Icon, type IconName } from "./icons.tsx";

interface Door {
  name: "shop" | "console" | "mailbox" | "api";
  href: string;
  icon: IconName;
}

const DOORS: Door[] = [
  { name: "shop", href: "/demo", icon: "cart" },
  { name: "console", href: "/console/", icon: "console" },
  { name: "mailbox", href: "/mailbox", icon: "mail" },
  { name: "api", href: "/api/docs", icon: "api" },
];

/** The hub's front door: where to go, and what is left to try. */
export function StartPage({ t }: PageTexts) {
  const [demo, setDemo] = useState<Demo>();
  useEffect(() => void readDemo().then(setDemo), []);
  const doors = DOORS.filter(({ name }) => (name === "shop" || name === "mailbox" ? demo?.[name] : true));
  return (
    <main class="start">
      <header class="intro">
        <h1>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} width={40} height={40} alt="" />
          {t("start.title")}
        </h1>
        <p>{t("start.intro")}</p>
      </header>
      {demo && (
        <section>
          <h2>{t("start.doors")}</h2>
          <ul class="doors">
            {doors.map(({ name, href, icon }) => (
              <li key={name}>
                <a class="door" href={href} onClick={name === "console" ? goesToConsole : undefined}>
                  <Icon name={icon} size={28} />
                  <div>
                    <strong>{t(`start.${name}.title`)}</strong>
                    <span>{t(`start.${name}.text`)}</span>
                  </div>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {demo?.shop && <Tour t={t} steps={TOUR.filter((step) => step !== "mailed" || demo.mailbox)} />}
    </main>
  );
}

function Tour({ t, steps }: Pick<PageTexts, "t"> & { steps: TourStep[] }) {
  const [done, setDone] = useState(stepsDone);
  useEffect(() => {
    const look = () => {
      setDone(stepsDone());
      void readAgentSteps().then((steps) => {
        markDone(...steps);
        setDone(stepsDone());
      });
    };
    look();
    window.addEventListener("focus", look);
    const leave = onTourChange(look);
    return () => {
      window.removeEventListener("focus", look);
      leave();
    };
  }, []);
  const count = steps.filter((step) => done.has(step)).length;
  const progress = t("tour.progress", { done: count, total: steps.length });
  return (
    <section class="tour">
      <h2>{t("tour.title")}</h2>
      <p>{t("tour.hint")}</p>
      <progress max={steps.length} value={count} aria-label={progress} />
      <p role="status">{progress}</p>
      <ol>
        {steps.map((step) => (
          <li key={step} class={done.has(step) ? "done" : ""}>
            <Icon name={done.has(step) ? "done" : "open"} size={22} />
            <span>
              {t(`tour.${step}`)}
              <span class="unseen"> ({t(done.has(step) ? "tour.done" : "tour.open")})</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
