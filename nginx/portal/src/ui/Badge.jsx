// SPDX-License-Identifier: ISC
//
// Badge: a state in a word or two, told by text and icon, never by colour alone.
// TONE: "good", "warn", "bad", "info" or "off"; without one it is a mere tag.

import { Icon } from "./Icon.jsx";

export function Badge({ tone = "tag", icon = tone, children, ...rest }) {
	return (
		<span class={`badge ${tone}`} {...rest}>
			{icon !== "tag" && <Icon name={icon} />}
			{children}
		</span>
	);
}
