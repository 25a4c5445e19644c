// SPDX-License-Identifier: ISC
//
// Refused: Paste a request id and see the decision.

import { Page } from "../ui/Page.jsx";

export function Refused() {
	return <Page title="Why was I refused?" lead="Paste a request id and see the decision." />;
}
