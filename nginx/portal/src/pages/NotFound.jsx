// SPDX-License-Identifier: ISC
//
// NotFound: the address names no page.

import { href } from "../route.js";
import { ButtonLink } from "../ui/Button.jsx";
import { Page } from "../ui/Page.jsx";

export function NotFound() {
	return (
		<Page title="There is no such page"
			lead="The address may be mistyped, or of another version.">
			<ButtonLink kind="primary" href={href("/keys")}>
				Go to the keys
			</ButtonLink>
		</Page>
	);
}
