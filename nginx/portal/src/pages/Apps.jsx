// SPDX-License-Identifier: ISC
//
// Apps: The apps that have access to the account.

import { Page } from "../ui/Page.jsx";

export function Apps() {
	return <Page title="Connected apps" lead="The apps that have access to the account." />;
}
