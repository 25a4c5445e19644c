// SPDX-License-Identifier: ISC
//
// AppDetail: One app, its tokens and their use.

import { Page } from "../ui/Page.jsx";

export function AppDetail() {
	return <Page title="App" lead="One app, its tokens and their use." />;
}
