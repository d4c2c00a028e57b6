import type { Calibration } from "./calibrator.ts";

/**
 * The shipped prior of the calibration, in the order of the calibrator's signals, bias first. Fitted with
 * `npm run eval -- prior` over the knowledge bases of test/eval/ in many sizes and languages.
 */
export const PRIOR: Calibration = {
  right: [-2.4, 2.32, 3.12, 0.2, 1.36, 1.75, 0.28, 1.18, 1.28, 1.33, 0.2, -0.98, -2.15],
  scope: [-1.93, 1.83, 1.47, 0.69, 1.34, 0.6, 0.51, 0.84, 1.28, 2.83, -0.22, 0.27, -0.08],
};
