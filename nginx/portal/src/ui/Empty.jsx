// SPDX-License-Identifier: ISC
//
// Empty: there is nothing yet, and this is the next step.

import { Icon } from "./Icon.jsx";

export function Empty({ title, icon = "info", children, action }) {
	return (
		<div class="empty">
			<Icon name={icon} />
			<h2>{title}</h2>
			{children}
			{action && <div class="actions">{action}</div>}
		</div>
	);
}
