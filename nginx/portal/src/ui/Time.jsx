// SPDX-License-Identifier: ISC
//
// Time: when, in the words of people; the exact moment shows up on hovering and
// in what programs read. Without AT it is the word NEVER.

import { formatExact, formatRelative } from "../format.js";

export function Time({ at, never = "never", exact = false }) {
	if (!at) return <span class="muted">{never}</span>;
	return (
		<time dateTime={at} title={formatExact(at)}>
			{exact ? formatExact(at) : formatRelative(at)}
		</time>
	);
}
