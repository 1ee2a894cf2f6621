/** The icons of the installed app, made from their drawing: `npm run icons`. */
import { readFile, writeFile } from "node:fs/promises";

import { it } from "vitest";

import { launch } from "./browser.ts";

const FOLDER = "public/icons";

/** What each system wants; a maskable one is cut to any shape, and has nothing outside its inner four fifths. */
const ICONS = [
  { name: "icon-192", size: 192, isFull: false },
  { name: "icon-512", size: 512, isFull: false },
  { name: "maskable-512", size: 512, isFull: true },
  { name: "touch-180", size: 180, isFull: true },
] as const;

it("makes them", async () => {
  const drawing = await readFile(`${FOLDER}/icon.svg`, "utf8");
  const browser = await launch();
  const page = await browser.newPage();
  for (const { name, size, isFull } of ICONS) {
    const svg = isFull ? drawing.replace(/ rx="\d+"/u, "") : drawing;
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(`<style>body{margin:0}svg{display:block;inline-size:100vw}</style>${svg}`);
    await writeFile(`${FOLDER}/${name}.png`, await page.screenshot({ omitBackground: true }));
  }
  await browser.close();
});
