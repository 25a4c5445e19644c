// SPDX-License-Identifier: ISC
//
// pages: every page there is. NAV is its word in the navigation, UNDER the path of
// the page that is marked there instead, FREE has it shown to those, too, who may not
// administer the account.

import { Account } from "./pages/Account.jsx";
import { AppDetail } from "./pages/AppDetail.jsx";
import { Apps } from "./pages/Apps.jsx";
import { Audit } from "./pages/Audit.jsx";
import { AuditEvent } from "./pages/AuditEvent.jsx";
import { KeyDetail } from "./pages/KeyDetail.jsx";
import { Keys } from "./pages/Keys.jsx";
import { Refused } from "./pages/Refused.jsx";
import { Security } from "./pages/Security.jsx";
import { Usage } from "./pages/Usage.jsx";

export const pages = [
	{ path: "/", component: Keys, under: "/keys" },
	{ path: "/keys", component: Keys, nav: "Keys", icon: "key" },
	{ path: "/keys/:id", component: KeyDetail, under: "/keys" },
	{ path: "/apps", component: Apps, nav: "Connected apps", icon: "apps" },
	{ path: "/apps/:id", component: AppDetail, under: "/apps" },
	{ path: "/usage", component: Usage, nav: "Usage", icon: "usage" },
	{ path: "/audit", component: Audit, nav: "Audit log", icon: "audit" },
	{ path: "/audit/:id", component: AuditEvent, under: "/audit" },
	{ path: "/refused", component: Refused, nav: "Why was I refused?",
		icon: "question" },
	{ path: "/account", component: Account, nav: "Account", icon: "account",
		free: true },
	{ path: "/security", component: Security, nav: "Your sign-in",
		icon: "lock", free: true },
];
