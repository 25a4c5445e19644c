// SPDX-License-Identifier: ISC
//
// KeyDetail: One key, its secrets and its use.

import { Page } from "../ui/Page.jsx";

export function KeyDetail() {
	return <Page title="Key" lead="One key, its secrets and its use." />;
}
