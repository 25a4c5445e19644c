// SPDX-License-Identifier: ISC
//
// HomePage: a link to the page of an app, which its publisher named. It is told
// nothing of where the person came from.

export function HomePage({ url }) {
	return (
		<a href={url} target="_blank" rel="noopener noreferrer nofollow">{url}</a>
	);
}
