// SPDX-License-Identifier: ISC
//
// Keys: The keys of the account.

import { Page } from "../ui/Page.jsx";

export function Keys() {
	return <Page title="Keys" lead="The keys of the account." />;
}
