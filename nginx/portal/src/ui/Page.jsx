// SPDX-License-Identifier: ISC
//
// Page: one page's heading and what is on it. When the person goes from one page to
// another the heading gets the focus, so that it is read.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

// The first page is not announced: the browser does that itself.
let first = true;

export function Page({ title, lead, actions, children }) {
	const heading = useRef(null);

	useEffect(() => {
		document.title = `${title} - Hasp`;
	}, [title]);
	useLayoutEffect(() => {
		if (!first) heading.current.focus();
		first = false;
		window.scrollTo(0, 0);
	}, []);
	return (
		<>
			<div class="page-head">
				<div>
					<h1 ref={heading} tabIndex={-1}>{title}</h1>
					{lead && <p class="lead">{lead}</p>}
				</div>
				{actions && <div class="actions">{actions}</div>}
			</div>
			{children}
		</>
	);
}

// A part of a page, with a heading of its own.
export function Section({ title, lead, actions, children }) {
	return (
		<section class="section">
			<div class="section-head">
				<div>
					<h2>{title}</h2>
					{lead && <p class="lead">{lead}</p>}
				</div>
				{actions && <div class="actions">{actions}</div>}
			</div>
			{children}
		</section>
	);
}
