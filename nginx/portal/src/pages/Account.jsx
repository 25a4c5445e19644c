// SPDX-License-Identifier: ISC
//
// Account: The account, its plan and its members.

import { Page } from "../ui/Page.jsx";

export function Account() {
	return <Page title="Account" lead="The account, its plan and its members." />;
}
