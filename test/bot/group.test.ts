import { expect, it } from "vitest";
import { groupAlike } from "../../bot/group.ts";

it("texts that ask the same are grouped in several languages, others are left alone", async () => {
  const texts = [
    "Do your lamps work with a dimmer?",
    "¿Hacen envíos a las Islas Canarias?",
    "does the lamp work with a dimmer switch",
    "这款台灯可以调光吗？",
    "envían a Canarias?",
    "Who painted the picture on the wall?",
    "请问这款台灯能调光吗",
    "is your lamp ok with dimmers",
    "",
  ];
  const groups = (await groupAlike(texts)).map((group) => group.join(" "));
  expect(groups[0]).toBe("0 2 7");
  expect(groups).toEqual(expect.arrayContaining(["1 4", "3 6", "5"]));
  expect(groups.join(" ").split(" ").sort()).toEqual(texts.map((_, at) => String(at)).sort());
});

it("nothing makes no group, and the same text many times makes one", async () => {
  expect(await groupAlike([])).toEqual([]);
  expect(await groupAlike(Array.from({ length: 50 }, () => "Where is it?"))).toHaveLength(1);
});
