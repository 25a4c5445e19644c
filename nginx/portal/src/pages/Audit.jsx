// SPDX-License-Identifier: ISC
//
// Audit: What happened, newest first.

import { Page } from "../ui/Page.jsx";

export function Audit() {
	return <Page title="Audit log" lead="What happened, newest first." />;
}
