// SPDX-License-Identifier: ISC
//
// Usage: Requests and refusals over time.

import { Page } from "../ui/Page.jsx";

export function Usage() {
	return <Page title="Usage" lead="Requests and refusals over time." />;
}
