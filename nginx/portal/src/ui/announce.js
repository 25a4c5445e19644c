// SPDX-License-Identifier: ISC
//
// announce: tells the person what has just happened, wherever they look.

// A region that is emptied before has changed, even if the text is the same.
const PAUSE_MS = 50;
// What was said in a dialog so shortly before it closed was not read yet.
const UNREAD_MS = 1500;

let toast = () => {};
// The setters of the live regions, the innermost dialog's last.
const regions = [];
let latest = { text: "", at: 0 };

const say = () => {
	for (const region of regions) region("");
	setTimeout(() => regions.at(-1)?.(latest.text), PAUSE_MS);
};

// Whoever shows the messages.
export const listen = (callback) => {
	toast = callback;
};

// A live region's SETTER, as long as it is there; what comes back ends that.
export const register = (setter) => {
	regions.push(setter);
	return () => {
		regions.splice(regions.indexOf(setter), 1);
		if (Date.now() - latest.at < UNREAD_MS) say();
	};
};

// TONE: "good", "info", "warn" or "bad".
export const announce = (text, tone = "good") => {
	latest = { text, at: Date.now() };
	toast({ text, tone });
	say();
};
