// SPDX-License-Identifier: ISC
//
// Notice: something to know about what follows, such as a date that comes
// nearer. TONE: "info", "good", "warn" or "bad".

import { Icon } from "./Icon.jsx";

export function Notice({ tone = "info", title, children }) {
	return (
		<div class={`notice ${tone}`}>
			<Icon name={tone} />
			<div>
				{title && <p class="notice-title">{title}</p>}
				{children}
			</div>
		</div>
	);
}
