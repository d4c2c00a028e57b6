export type ThresholdWord = "bold" | "balanced" | "careful" | "strict";

/** What a threshold means, in a word: how sure the bot must be before it answers. A new inbox's is balanced. */
export function thresholdWord(threshold: number): ThresholdWord {
  if (threshold < 0.3) return "bold";
  if (threshold < 0.65) return "balanced";
  if (threshold < 0.85) return "careful";
  return "strict";
}
