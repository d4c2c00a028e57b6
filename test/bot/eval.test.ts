import { beforeAll, describe, expect, it } from "vitest";
import { supportSets } from "../eval/data.ts";
import { measureLanguage, measuresOf, type Outcome, runEvaluation } from "../eval/measure.ts";

/** The floor under `npm run eval`: a change that makes the bot worse fails here. */
let outcomes: Outcome[] = [];
beforeAll(async () => {
  outcomes = await runEvaluation();
}, 240_000);

const of = (test: (outcome: Outcome) => boolean) => measuresOf(outcomes.filter(test));

it("there are at least 600 labelled questions, some in every language", () => {
  const sets = supportSets();
  expect(sets).toHaveLength(18);
  expect(sets.flatMap(({ questions }) => questions).length).toBeGreaterThanOrEqual(600);
});

describe("over all labelled questions", () => {
  it("the right entry comes first, in every language, among entries in all of them", () => {
    const all = of(({ set, typo }) => set === "all languages" && !typo);
    expect(all.rightFirst).toBeGreaterThan(0.92);
    expect(all.rightInThree).toBeGreaterThan(0.96);
    expect(all.auroc).toBeGreaterThan(0.95);
    expect(all.refused).toBeGreaterThan(0.85);
    expect(all.wrongAnswers).toBeLessThan(0.1);
  });

  it("mistyped questions are found too", () => {
    expect(of(({ typo }) => typo).rightFirst).toBeGreaterThan(0.88);
  });

  it("closely related entries are told apart better than by chance of words", () => {
    expect(of(({ set }) => set === "close").rightFirst).toBeGreaterThan(0.4);
    const bank = of(({ set }) => set === "banking");
    expect(bank.rightFirst).toBeGreaterThan(0.6);
    expect(bank.auroc).toBeGreaterThan(0.87);
  });

  it("the threshold is near the best one in hindsight", () => {
    const all = of(({ set, typo }) => set === "all languages" && !typo);
    expect(all.overallBest - all.overall).toBeLessThan(0.05);
  });

  it("the language is right without priors", () => {
    const language = measureLanguage();
    expect(language.right).toBeGreaterThan(0.985);
    expect(language.shortRight).toBeGreaterThan(0.95);
  });
});
