import { calibrationCurve, type Measures, measureLanguage, measuresOf, runEvaluation, THRESHOLD } from "./measure.ts";
import { fitPrior } from "./prior.ts";

/** `npm run eval`: the bot on all labelled questions, as a table and one line of JSON. `npm run eval -- prior` fits bot/calibrate/prior.ts. */
const print = (line: string) => process.stdout.write(`${line}\n`);

if (process.argv[2] === "prior") {
  const { calibration, logLoss } = fitPrior();
  const list = (weights: number[]) => `[${weights.map((weight) => Number(weight.toFixed(2))).join(", ")}]`;
  print(`log loss ${logLoss.toFixed(4)}\n  right: ${list(calibration.right)},\n  scope: ${list(calibration.scope)},`);
  process.exit(0);
}

const outcomes = await runEvaluation();
const COLUMNS: [keyof Measures, string][] = [
  ["questions", "asked"],
  ["rightFirst", "first"],
  ["rightInThree", "in 3"],
  ["refused", "refused"],
  ["wrongAnswers", "wrong"],
  ["languageRight", "language"],
  ["overall", "overall"],
  ["overallBest", "best"],
  ["auroc", "auroc"],
];
const groups = new Map<string, typeof outcomes>();
const put = (name: string, group: typeof outcomes) => groups.set(name, group);
const joint = outcomes.filter(({ set }) => set === "all languages");
put(
  "all languages",
  joint.filter(({ typo }) => !typo),
);
put(
  "… mistyped",
  joint.filter(({ typo, question }) => typo || question.kind === "out_of_scope"),
);
for (const locale of new Set(joint.map(({ question }) => question.locale))) {
  put(
    `… ${locale}`,
    joint.filter(({ question, typo }) => question.locale === locale && !typo),
  );
}
put(
  "one language each",
  outcomes.filter(({ set }) => !["all languages", "close", "banking"].includes(set)),
);
put(
  "75 close entries",
  outcomes.filter(({ set }) => set === "close"),
);
put(
  "70 of a bank",
  outcomes.filter(({ set }) => set === "banking"),
);

print(`threshold ${THRESHOLD}\n`);
print(["".padEnd(20), ...COLUMNS.map(([, title]) => title.padStart(9))].join(""));
const table: Record<string, Measures> = {};
for (const [name, group] of groups) {
  const measures = measuresOf(group);
  table[name] = measures;
  const cells = COLUMNS.map(([key]) => {
    const value = measures[key];
    return (key === "questions" ? String(value) : Number.isNaN(value) ? "-" : value.toFixed(3)).padStart(9);
  });
  print([name.padEnd(20), ...cells].join(""));
}
const social = joint.filter(({ question }) => ["human", "hello", "thanks", "multi"].includes(question.kind));
const kept = social.filter(({ question, decision, reason, sources }) =>
  question.kind === "human"
    ? reason === "customer_request"
    : question.kind === "multi"
      ? decision === "answer" && question.labels.every((label) => sources.slice(0, 2).includes(label))
      : decision === "clarify",
);
print(
  `\nwishes for a person, greetings, thanks, several questions at once: ${kept.length} of ${social.length} as they should be`,
);
const language = measureLanguage();
print(
  `language without priors: ${language.right.toFixed(4)} of ${language.texts}, ${language.shortRight.toFixed(4)} of ${language.short} under 15 characters`,
);
print("\nconfidence   count  promised  right");
const curve = calibrationCurve(outcomes);
for (const { from, count, promised, right } of curve) {
  const bar = "█".repeat(Math.round((Number.isNaN(right) ? 0 : right) * 30));
  print(
    `${from.toFixed(1)} …      ${String(count).padStart(6)}  ${promised.toFixed(2).padStart(8)}  ${right.toFixed(2).padStart(5)}  ${bar}`,
  );
}
print(`\n${JSON.stringify({ table, social: kept.length / social.length, language, curve })}`);
