import type { Calibration } from "./calibrator.ts";

/**
 * The shipped prior of the calibration, in the order of the calibrator's signals, bias first. Fitted with
 * `npm run eval -- prior` over the knowledge bases of test/eval/ in many sizes and languages.
 */
export const PRIOR: Calibration = {
  right: [-2.43, 2.22, 3.25, 0.2, 1.34, 2.05, -0.41, 0.81, 1.54, 1.3, 0.48, -1, -2.47],
  scope: [-2.08, 2.01, 1.26, 0.72, 1.4, 0.68, 0.5, 0.89, 1.42, 2.85, 0.09, -0.01, -0.51],
};
