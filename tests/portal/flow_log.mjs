// SPDX-License-Identifier: ISC
//
// flow_log: somebody looks for what happened, filters, links to it, takes copies.

import { readFile } from "node:fs/promises";

import { check, until, walk } from "./walk.mjs";

const rows = (it) => it.page.getByRole("table", { name: "Events and uses" })
	.locator("tbody tr");

const counted = async (it, text) => {
	await it.page.locator(".pager [role=status]").filter({ hasText: text })
		.waitFor();
};

const openFilter = async (it) => {
	const field = it.page.getByLabel("What", { exact: true });
	if (!await field.isVisible())
		await it.page.getByText("Filter", { exact: true }).click();
	await field.waitFor();
};

const show = (it) => it.page.getByRole("button", { name: "Show", exact: true })
	.click();

const asked = (it) => new URLSearchParams(
	new URL(it.page.url()).hash.split("?")[1]);

const pages = async (it) => {
	await counted(it, "50 entries so far");
	await it.look("log");
	const first = await rows(it).count();
	await it.page.getByRole("button", { name: "Show more" }).click();
	await counted(it, /^\d+ entries$/);
	await until(async () => await rows(it).count() > first, "no more rows came");
};

const chain = async (it) => {
	const summary = it.page.locator(".chain summary");
	await it.page.getByText(/^signed \d+ (second|minute)s? ago/).waitFor();
	await summary.focus();
	await it.page.keyboard.press("Enter");
	await it.page.getByText("hasp.example.com/log, number 1,204").waitFor();
	await it.look("chain");
	await it.page.getByRole("button", { name: "Copy checkpoint" }).click();
	await it.announced("Copied checkpoint");
	await summary.click();
};

// By keyboard alone.
const filter = async (it) => {
	const { page } = it;
	await openFilter(it);
	await page.getByLabel("What", { exact: true }).focus();
	await page.keyboard.type("Uses that were ref");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Tab");
	await page.keyboard.type(it.more.keys["Nightly export"]);
	await page.keyboard.press("Enter");
	await counted(it, "9 entries");
	check(asked(it).get("decision") === "refused", page.url());
	check(asked(it).get("key") === it.more.keys["Nightly export"], page.url());
	await page.getByText("Key Nightly export").waitFor();
	await it.look("log-filtered");

	// A link to it shows the same.
	await page.reload();
	await counted(it, "9 entries");
	await page.getByRole("button", { name: /^Take off Key/ }).click();
	await counted(it, "12 entries");
	await page.goBack();
	await counted(it, "9 entries");
};

const times = async (it) => {
	const { page } = it;
	await openFilter(it);
	await page.getByLabel("When", { exact: true }).selectOption("Last 24 hours");
	await page.getByLabel("Network address").fill("2001:db8::/127");
	await show(it);
	await counted(it, "3 entries");
	check(asked(it).get("since").endsWith("Z"), "no time was asked for");
	await it.look("log-between");
	await openFilter(it);
	await page.getByLabel("Before").fill("2001-01-01T00:00");
	await show(it);
	await page.getByText("not after the beginning").waitFor();
};

// A key must never get into an address.
const noSecrets = async (it) => {
	const { page } = it;
	const key = `hasp_live_${"k".repeat(38)}`;
	it.keepSecret(key);
	await page.getByRole("button", { name: "Clear" }).click();
	await counted(it, "so far");
	for (const name of ["Key", "Request id"]) {
		await openFilter(it);
		await page.getByLabel(name, { exact: true }).fill(key);
		await show(it);
		await page.locator("[aria-invalid]").waitFor();
		await page.getByText("A key itself never belongs here.").waitFor();
		await it.axe("wrong filter");
		await page.getByLabel(name, { exact: true }).fill("");
	}
};

const copies = async (it) => {
	const { page } = it;
	await it.go("/audit?decision=rate_limited");
	await counted(it, "5 entries");
	for (const [name, ending] of [["Export CSV", ".csv"],
		["Export JSON Lines", ".jsonl"]]) {
		const [file] = await Promise.all([page.waitForEvent("download"),
			page.getByRole("link", { name }).click()]);
		check(file.suggestedFilename().endsWith(ending),
			file.suggestedFilename());
		const lines = (await readFile(await file.path(), "utf8")).trim()
			.split("\n");
		const found = lines.filter((line) => line.includes("rate_limited"));
		check(found.length === 5, `${name} has ${lines.length} lines`);
		check(lines.length === (ending === ".csv" ? 6 : 5), lines.join("\n"));
	}
	// The exports are in the log.
	await it.go("/audit?event=audit_exported");
	await counted(it, "2 entries");
};

const entries = async (it) => {
	const { page } = it;
	await it.go("/audit?event=key_created");
	await counted(it, "2 entries");
	await page.getByRole("link", { name: "Key created" }).first().click();
	await it.heading("Entry of the log");
	await page.getByText("A key was made.").waitFor();
	await page.getByText("Number in the chain").waitFor();
	await it.look("entry-event");
	await page.getByRole("link", { name: "Back to the log" }).click();
	await counted(it, "2 entries");
	await it.go("/audit?decision=address_refused");
	await page.getByRole("link", { name: "Address refused" }).first().click();
	await page.getByText("What to do", { exact: true }).waitFor();
	await it.look("entry-use");
	await page.getByRole("link", { name: "All about this key" }).click();
	await it.heading("Audit log");
	await counted(it, /^\d+ entries/);
};

const nothing = async (it) => {
	await it.go("/audit?event=plan_set");
	await it.heading("Nothing fits the filter");
	await it.look("log-empty");
	it.expect(400, "/audit-events");
	await it.go("/audit?event=signed_in&decision=refused");
	await it.page.getByRole("alert").waitFor();
	await it.look("log-refused");
	it.expect(404, "/audit-events/ev_1_1");
	await it.go("/audit/ev_1_1");
	await it.page.getByRole("alert").waitFor();
};

await walk(async (it) => {
	await it.signIn("/audit");
	await pages(it);
	await chain(it);
	await filter(it);
	await times(it);
	await noSecrets(it);
	await copies(it);
	await entries(it);
	await nothing(it);
});
