// SPDX-License-Identifier: ISC
//
// Security: Your password, authenticator and recovery codes.

import { Page } from "../ui/Page.jsx";

export function Security() {
	return <Page title="Your sign-in" lead="Your password, authenticator and recovery codes." />;
}
