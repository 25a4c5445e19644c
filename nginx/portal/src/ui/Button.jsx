// SPDX-License-Identifier: ISC
//
// Button: does something (Button) or goes somewhere (ButtonLink).
//
// kind: "primary", "plain" (the default), "danger" or "quiet". While BUSY it
// keeps its focus and does nothing.

import { Icon } from "./Icon.jsx";

const classOf = (kind, small) => `button ${kind}${small ? " small" : ""}`;

export function Button({ kind = "plain", icon, small, busy = false,
	type = "button", onClick, children, ...rest }) {
	const clicked = (event) => {
		if (busy) event.preventDefault();
		else onClick?.(event);
	};
	return (
		<button type={type} class={classOf(kind, small)} onClick={clicked}
			aria-disabled={busy ? "true" : undefined} {...rest}>
			{icon && <Icon name={icon} />}
			{children}
			{busy && <span class="spinner" aria-hidden="true" />}
		</button>
	);
}

export function ButtonLink({ kind = "plain", icon, small, children, ...rest }) {
	return (
		<a class={classOf(kind, small)} {...rest}>
			{icon && <Icon name={icon} />}
			{children}
		</a>
	);
}
