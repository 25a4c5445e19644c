// SPDX-License-Identifier: ISC
//
// NotFound: the address names no page, or none for this person (Closed).

import { href } from "../route.js";
import { ButtonLink } from "../ui/Button.jsx";
import { Page } from "../ui/Page.jsx";

export function NotFound() {
	return (
		<Page title="There is no such page"
			lead="The address may be mistyped, or of another version.">
			<p><ButtonLink kind="primary" href={href("/")}>
				Go to the first page
			</ButtonLink></p>
		</Page>
	);
}

export function Closed() {
	return (
		<Page title="This page is for administrators"
			lead="A member who may administer the account can let you do so, too.">
			<p><ButtonLink kind="primary" href={href("/account")}>
				Go to the account
			</ButtonLink></p>
		</Page>
	);
}
