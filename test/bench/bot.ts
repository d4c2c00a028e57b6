import { monitorEventLoopDelay } from "node:perf_hooks";
import MiniSearch from "minisearch";
import { type BotEntry, createBot } from "../../bot/index.ts";
import { sequence } from "../../bot/rank/train-dense.ts";

const SIZES = [100, 1_000, 10_000];
const EXAMPLES = 5;
const QUESTIONS = 400;

const OPENERS = [
  "how do i",
  "where can i",
  "is it possible to",
  "please help me",
  "i want to",
  "why can not i",
  "when will you",
];
const CLOSERS = ["today", "for my order", "in the shop", "again", "please", "on my account", "before friday", ""];

/** Pronounceable made-up words with a frequency that falls as in real texts (Zipf). */
function vocabulary(size: number): string[] {
  const random = sequence(11);
  const pick = (letters: string) => letters[Math.floor(random() * letters.length)]!;
  const words = new Set<string>();
  while (words.size < size) {
    let word = "";
    const syllables = 2 + Math.floor(random() * 3);
    for (let at = 0; at < syllables; at++)
      word += pick("bcdfghklmnprstvw") + pick("aeiou") + (random() < 0.3 ? pick("lnrst") : "");
    words.add(word);
  }
  return [...words];
}

interface Base {
  entries: BotEntry[];
  questions: { text: string; faqId: string }[];
}

/** Entries of a few topic words each, asked in varied sentences, and questions that mix an entry's words anew. */
function knowledgeBase(size: number): Base {
  const words = vocabulary(Math.max(800, size * 2));
  const random = sequence(size);
  const zipf = () => words[Math.floor(words.length * random() ** 2.5)]!;
  const of = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const sentence = (topic: string[]) => {
    const two = [of(topic), of(topic)];
    return [of(OPENERS), ...two, random() < 0.5 ? zipf() : "", of(CLOSERS)].filter((word) => word !== "").join(" ");
  };
  const topics = Array.from({ length: size }, () => Array.from({ length: 4 }, zipf));
  const entries = topics.map((topic, at) => ({
    faqId: String(at),
    questions: { en: Array.from({ length: EXAMPLES }, () => sentence(topic)) },
    answers: { en: `About ${topic.join(" ")}: ${sentence(topic)}. ${sentence(topic)}.` },
  }));
  const questions = Array.from({ length: QUESTIONS }, () => {
    const topic = Math.floor(random() * topics.length);
    return { text: sentence(topics[topic]!), faqId: String(topic) };
  });
  return { entries, questions };
}

function percentile(times: number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

const rounded = (value: number) => Number(value.toPrecision(3));

async function measure(size: number) {
  const { entries, questions } = knowledgeBase(size);
  const before = process.memoryUsage();
  const bot = createBot({ trainingDelay: 1 });
  const decide = (text: string) =>
    bot.decide({
      turns: [{ seq: 1, author: "contact", text, attachments: [], at: new Date(0) }],
      hints: { workspaceLocale: "en" },
      threshold: 0.4,
      say: (_, key) => key,
    });
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const setAt = performance.now();
  bot.setEntries(entries);
  const calledFor = performance.now() - setAt;
  await bot.trained();
  const trainedAfter = performance.now() - setAt;
  delays.disable();
  globalThis.gc?.();
  const after = process.memoryUsage();

  for (const { text } of questions.slice(0, 100)) await decide(text);
  const times: number[] = [];
  const started = performance.now();
  let right = 0;
  for (const { text, faqId } of questions) {
    const at = performance.now();
    const { sources } = await decide(text);
    times.push(performance.now() - at);
    if (sources[0]?.faqId === faqId) right++;
  }
  const perSecond = (questions.length / (performance.now() - started)) * 1000;

  // The floor: the same texts in a plain MiniSearch index, searched as its README shows, with fuzzy matching.
  const floor = new MiniSearch({ fields: ["questions", "answer"] });
  floor.addAll(
    entries.map(({ faqId, questions: asked, answers }) => ({
      id: faqId,
      questions: asked.en!.join("\n"),
      answer: answers.en!,
    })),
  );
  const search = { fuzzy: 0.2 };
  for (const { text } of questions.slice(0, 50)) floor.search(text, search);
  const floorTimes = questions.map(({ text }) => {
    const at = performance.now();
    floor.search(text, search);
    return performance.now() - at;
  });

  const editedAt = performance.now();
  bot.upsertEntry({ faqId: "0", questions: { en: ["can i bring my quokka along"] }, answers: { en: "Yes." } });
  const found = await decide("may my quokka come along?");
  const editSeen = performance.now() - editedAt;
  if (found.sources[0]?.faqId !== "0") throw new Error("an edited entry was not found by its new wording");
  await bot.trained();
  const editTrained = performance.now() - editedAt;
  await bot.close();
  return {
    entries: size,
    decisionsPerSecond: Math.round(perSecond),
    firstRight: rounded(right / questions.length),
    p50: rounded(percentile(times, 0.5)),
    p95: rounded(percentile(times, 0.95)),
    miniSearchP50: rounded(percentile(floorTimes, 0.5)),
    miniSearchP95: rounded(percentile(floorTimes, 0.95)),
    setEntriesMs: rounded(calledFor),
    longestBlockMs: rounded(delays.max / 1e6),
    trainedMs: Math.round(trainedAfter),
    memoryMB: Math.round((after.rss - before.rss) / 1e6),
    editFoundMs: rounded(editSeen),
    editTrainedMs: Math.round(editTrained),
  };
}

/** Decisions without a model at several sizes of the FAQ. Times in milliseconds. */
export default async function bench() {
  const sizes = [];
  for (const size of SIZES) sizes.push(await measure(size));
  const [, thousand, most] = sizes;
  return {
    bench: "bot",
    examplesPerEntry: EXAMPLES,
    sizes,
    p95Growth: rounded(most!.p95 / thousand!.p95),
    p95AgainstMiniSearch: rounded(most!.p95 / most!.miniSearchP95),
  };
}
