// SPDX-License-Identifier: ISC
//
// SecretText: a text to take away, such as a key: it can be selected, copied and
// read, and is no field that a browser would offer to remember. onCopied is
// called when it was copied by the button or by hand. FIRST: a dialog begins at
// the button.

import { Copy } from "./Copy.jsx";

export function SecretText({ label, text, what, onCopied, lines = false, first }) {
	return (
		<div class="secret">
			<p class="secret-label">{label}</p>
			<pre class={lines ? "lines" : ""} tabIndex={0} role="group"
				aria-label={label} onCopy={onCopied}><code>{text}</code></pre>
			<Copy text={text} what={what ?? label.toLowerCase()}
				onCopied={onCopied} first={first} />
		</div>
	);
}
