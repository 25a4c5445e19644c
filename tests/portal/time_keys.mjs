// SPDX-License-Identifier: ISC
//
// time_keys: how long the list of many keys takes in the browser; what
// tests/bench/portal prints. Milliseconds, from when the first answer of the list
// was there.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { walk } from "./walk.mjs";

const answeredAt = () => performance.getEntriesByType("resource")
	.filter((one) => /\/keys\?/.test(one.name))
	.sort((a, b) => a.responseEnd - b.responseEnd)[0].responseEnd;

// Types into the filter as soon as there is one; both frames are awaited that
// show what came of it.
const watch = () => {
	const marks = {};
	window.marks = marks;
	const painted = (name) => {
		if (marks[name] !== undefined) return;
		marks[name] = null;
		requestAnimationFrame(() => setTimeout(() => {
			marks[name] = performance.now();
		}));
	};
	new MutationObserver(() => {
		if (document.querySelector("tbody tr")) painted("rows");
		const said = [...document.querySelectorAll("main [role=status]")]
			.map((one) => one.textContent).join(" ");
		if (/^1,000 keys\./.test(said)) painted("all");
	}).observe(document, { subtree: true, childList: true,
		characterData: true });
	marks.longest = 0;
	new PerformanceObserver((list) => {
		for (const one of list.getEntries())
			marks.longest = Math.max(marks.longest, one.duration);
	}).observe({ type: "longtask" });
};

await walk(async (it) => {
	const { page } = it;

	await it.signIn("/account");
	await page.addInitScript(watch);
	await it.open("/keys");
	await page.waitForFunction(() => window.marks?.all);
	const from = await page.evaluate(answeredAt);
	const marks = await page.evaluate(() => window.marks);
	const typed = await page.evaluate(() => new Promise((done) => {
		const input = document.querySelector("input[type=search]");
		const begun = performance.now();
		input.value = "key 77";
		input.dispatchEvent(new Event("input", { bubbles: true }));
		requestAnimationFrame(() => setTimeout(() =>
			done(performance.now() - begun)));
	}));
	writeFileSync(join(it.shots, "times.json"), JSON.stringify({
		first_rows: Math.round(marks.rows - from),
		all_keys: Math.round(marks.all - from),
		longest_task: Math.round(marks.longest),
		filter: Math.round(typed),
	}));
});
