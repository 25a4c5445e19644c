// SPDX-License-Identifier: ISC
//
// Icon: a small drawing beside a word; it never stands for one.

const PATHS = {
	account: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm-6 6c0-3 2.5-4.5 6-4.5s6 1.5 6 4.5",
	apps: "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z",
	audit: "M3 2h10v12H3zM5.5 5h5M5.5 8h5M5.5 11h3",
	bad: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM5.5 5.5l5 5M10.5 5.5l-5 5",
	close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
	copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
	download: "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11",
	good: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM5 8.2l2.2 2.2L11 6",
	info: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 7v4M8 4.6v.8",
	key: "M5.5 6.5a3.5 3.5 0 1 0 3 5.2L14.5 5.7V2.5h-3L6.6 7.2M5 11h.2",
	lock: "M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
	menu: "M2 4h12M2 8h12M2 12h12",
	more: "M6 3.5L10.5 8 6 12.5",
	off: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM3.5 3.5l9 9",
	question: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z" +
		"M6 6a2 2 0 1 1 2.8 1.9c-.5.3-.8.6-.8 1.3M8 11v.8",
	time: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 4.5V8l2.5 1.5",
	usage: "M2 14V9M6 14V5M10 14V7.5M14 14V2",
	warn: "M8 1.8L15 14H1zM8 6.2v4M8 11.8v.6",
};

export function Icon({ name }) {
	return (
		<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"
			focusable="false">
			<path d={PATHS[name]} />
		</svg>
	);
}
