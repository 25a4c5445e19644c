// SPDX-License-Identifier: ISC
//
// flow_keys: a person looks through the keys of an account and at one of them.

import { check, until, walk } from "./walk.mjs";

const names = (page) => page.locator("tbody .key-name a").allTextContents();

const same = (page, wanted) => until(async () =>
	JSON.stringify(await names(page)) === JSON.stringify(wanted),
`these are not the keys: ${wanted}`);

await walk(async (it) => {
	const { page } = it;

	await it.signIn("/keys");
	await page.getByText("4 of 5 keys. 1 revoked key is not shown.")
		.waitFor();
	await same(page, ["Old reports", "Deployments", "Warehouse sync",
		"Billing export"]);
	await page.getByText("Legacy keys are deprecated as of Jan 31, 2026")
		.waitFor();
	await page.getByText("expected to end on Jun 30, 2031").waitFor();
	const row = page.getByRole("row", { name: /Billing export/ });
	await row.scrollIntoViewIfNeeded();
	await row.getByRole("img", { name: /requests in 30 days/ }).waitFor();
	const used = page.getByRole("row", { name: /Warehouse sync/ })
		.getByText("3 hours ago");
	check(await used.getAttribute("title"), "the exact time is not told");
	await it.look("list");

	await page.getByLabel("Find").fill("sync");
	await page.getByText("1 of 5 keys.").waitFor();
	await same(page, ["Warehouse sync"]);
	await page.getByLabel("Find").fill("no such key");
	await it.heading("No key is like that");
	await it.look("none-found");
	await page.getByRole("button", { name: "Show all keys" }).click();
	await page.getByText("5 keys.", { exact: true }).waitFor();
	await page.getByRole("link", { name: "Show legacy keys" }).click();
	await page.getByText("1 of 5 keys.").waitFor();
	await same(page, ["Old reports"]);
	await page.getByLabel("Status").selectOption("All");
	await page.getByLabel("Role").selectOption("read");
	await page.getByLabel("Order").selectOption("Name");
	await same(page, ["Billing export", "Gone", "Old reports"]);
	check(page.url().includes("role=read"), "the address has no filter");
	await it.look("filtered");

	await page.getByRole("link", { name: "Billing export" }).click();
	await it.heading("Billing export");
	await it.heading("Secrets");
	await page.getByText("requests let in").first().waitFor();
	await it.look("detail");
	await page.getByLabel("Time").selectOption("24 hours");
	await page.goBack();
	await it.heading("Keys");
	await page.getByText("3 of 5 keys.").waitFor();
	await same(page, ["Billing export", "Gone", "Old reports"]);

	await page.getByRole("link", { name: "Deployments" }).waitFor({
		state: "detached" });
	await page.getByLabel("Role").selectOption("admin");
	await page.getByRole("link", { name: "Deployments" }).click();
	await page.getByText("It could do with the role read").waitFor();
	await it.look("role-hint");

	await it.go("/keys/key_AAAAAAAAAAAAAAAA");
	it.expect(404, "/keys/key_AAAAAAAAAAAAAAAA");
	it.expect(404, "/keys/key_AAAAAAAAAAAAAAAA/usage");
	await page.getByRole("alert").waitFor();
	await it.look("unknown");
});
