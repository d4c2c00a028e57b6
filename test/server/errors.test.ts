import { expect, test } from "vitest";
import { ERROR_STATUS, type ErrorCode } from "../../contract/errors.ts";
import { AppError, errorBody, toAppError } from "../../server/errors.ts";
import { createTranslate } from "../../server/i18n.ts";

const translate = createTranslate();
const CODES = Object.keys(ERROR_STATUS) as ErrorCode[];

test.each(CODES)("%s tells a person what is wrong and what to do", (code) => {
  const { message } = errorBody(new AppError(code), translate, "en");
  expect(message).not.toContain(code);
  expect(message).not.toContain("{{");
  expect(message.match(/[.!?;]/g)?.length).toBeGreaterThanOrEqual(2);
});

test("figures are written as the reader's language writes them", () => {
  expect(errorBody(new AppError("message_too_long"), translate, "en").message).toContain("10,000");
  expect(errorBody(new AppError("message_too_long", { max: 5000 }), translate, "de").message).toContain("5.000");
});

test("an unknown error shows nothing of itself", () => {
  const body = errorBody(new Error("connect to mongodb://root:secret@db failed"), translate, "en");
  expect(body).toEqual({ code: "internal", message: expect.not.stringContaining("secret") });
});

test("only our own failures are reported to whoever runs the hub", () => {
  expect(toAppError(new Error("bug")).reported).toBe(true);
  expect(new AppError("unavailable").reported).toBe(true);
  expect(new AppError("invalid_json").reported).toBe(false);
});

test("a language the product does not speak reads English", () => {
  expect(translate("tlh", "errors.not_found")).toBe(translate("en", "errors.not_found"));
});
