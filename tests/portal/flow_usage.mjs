// SPDX-License-Identifier: ISC
//
// flow_usage: somebody looks at how many requests there were, of which key, and why
// some were refused, and goes on to the log.

import { check, until, walk } from "./walk.mjs";

const choose = (it, field, option) =>
	it.page.getByLabel(field).selectOption(option);

// The figure NAME gets to be NUMBER.
const tile = (it, name, number) => until(async () =>
	(await it.page.locator(".tile").filter({ hasText: name }).locator("dd")
		.innerText()).split("\n")[0] === number, `${name} is not ${number}`);

// The chart is there once it has columns.
const drawn = (it) => it.page.locator(".chart .column").first().waitFor();

const all = async (it) => {
	await choose(it, "Time", "Last 7 days");
	await it.heading("Requests by the hour");
	await drawn(it);
	await tile(it, "Let in", "61");
	await tile(it, "Refused", "10");
	await it.page.getByText("Rate limited").first().waitFor();
	await it.look("usage");
};

const table = async (it) => {
	await it.page.getByText("The same as a table").focus();
	await it.page.keyboard.press("Enter");
	await it.page.getByRole("table", { name: /^Requests by the hour/ })
		.waitFor();
	await it.look("usage-table");
};

const longer = async (it) => {
	await choose(it, "Time", "Last 30 days");
	await it.heading("Requests by the day");
	await drawn(it);
	await tile(it, "Refused", "11");
	await it.page.getByText("Key expired", { exact: true }).waitFor();
	await it.look("usage-days");
	await choose(it, "Time", "Last 365 days");
	await it.page.getByText("Key expired", { exact: true }).waitFor();
};

const ofAKey = async (it) => {
	const { page } = it;
	await choose(it, "Requests with", "Nightly export");
	await page.getByText("Key expired", { exact: true }).waitFor({ state: "detached" });
	await tile(it, "Refused", "9");
	await it.look("usage-of-a-key");
	check(page.url().includes(`key=${it.more.keys["Nightly export"]}`),
		page.url());
	await page.reload();
	await it.heading("Refusals by reason");
	await tile(it, "Refused", "9");
};

const onward = async (it) => {
	const { page } = it;
	await page.getByRole("link", { name: "See these: Rate limited" }).click();
	await it.heading("Audit log");
	await page.locator(".pager").filter({ hasText: "5 entries" }).waitFor();
	await page.goBack();
	await it.heading("Usage");
};

await walk(async (it) => {
	await it.signIn("/usage");
	await it.heading("Usage");
	await all(it);
	await table(it);
	await longer(it);
	await ofAKey(it);
	await onward(it);
});
