// SPDX-License-Identifier: ISC
//
// flow_key_plan: the plan includes no making of keys. Then the account's own words of
// a moment ago are shown, as they are when the plan changes meanwhile.

import { until, walk } from "./walk.mjs";

// The plan as it was.
const before = async (route) => {
	const answer = await route.fetch();
	const account = await answer.json();
	account.plan.self_service = true;
	account.plan.max_keys = null;
	await route.fulfill({ response: answer, json: account });
};

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");
	const make = page.getByRole("button", { name: "New key" });

	await it.signIn("/keys");
	await page.getByText("The plan Managed does not include").waitFor();
	await until(() => make.isDisabled(), "a key could be made");
	await it.look("not-included");

	await page.route("**/hasp/v1/account", before);
	await it.open("/keys");
	await make.click();
	await dialog.getByLabel("Name").fill("One more");
	await dialog.getByLabel("Your password").fill(it.password);
	it.expect(403, "/keys");
	await dialog.getByRole("button", { name: "Make the key" }).click();
	await dialog.getByText("self_service_refused").waitFor();
	await it.look("refused");
});
