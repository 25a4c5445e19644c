// SPDX-License-Identifier: ISC
//
// AuditEvent: One event or use, explained.

import { Page } from "../ui/Page.jsx";

export function AuditEvent() {
	return <Page title="Event" lead="One event or use, explained." />;
}
