import { expect, test } from "vitest";
import { deadLinks } from "../../docs/tooling/links.ts";

const dead = (index: string): readonly string[] =>
  deadLinks(
    new Map([
      ["index.html", index],
      ["guides/A,_B.html", '<h2 id="the-end">The end</h2><a href="../index.html">up</a>'],
    ]),
    new Set(["assets/style.css"]),
  );

test("links to pages, headings and files that are there are alive, and those to other sites are trusted", () => {
  expect(dead('<link href="assets/style.css"><a href="guides/A,_B.html#the-end">x</a><a href="guides/A%2C_B.html">x</a><a href="#top" id="top">x</a><a href="https://example.org/none">x</a><img src="data:image/png;base64,AA==">')).toEqual([]);
});

test("links to what is not there are dead, once a page", () => {
  expect(dead('<a href="guides/none.html">x</a><a class="b" href="guides/none.html">y</a><img src="assets/none.svg"><a href="guides/A,_B.html#middle">x</a><a href="#gone">x</a>')).toEqual([
    "index.html: guides/none.html",
    "index.html: assets/none.svg",
    "index.html: guides/A,_B.html#middle",
    "index.html: #gone",
  ]);
});

test("what only looks like a link in text is none", () => {
  expect(dead("<code>href=\"none.html\"</code>")).toEqual([]);
});
