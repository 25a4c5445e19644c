// SPDX-License-Identifier: ISC
//
// Loading: something is under way.

export function Loading({ what = "" }) {
	return (
		<p class="loading" role="status">
			<span class="spinner" aria-hidden="true" />
			Loading {what}
		</p>
	);
}
