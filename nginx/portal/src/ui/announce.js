// SPDX-License-Identifier: ISC
//
// announce: tells the person what has just happened, wherever they look.

let toast = () => {};
// The live regions, the innermost dialog's last.
const regions = [];

// Whoever shows the messages.
export const listen = (callback) => {
	toast = callback;
};

// A live region's SETTER, as long as it is there; what comes back ends that.
export const register = (setter) => {
	regions.push(setter);
	return () => {
		regions.splice(regions.indexOf(setter), 1);
	};
};

// TONE: "good", "info", "warn" or "bad". The same text said again is read
// again: a region that is emptied first has changed.
export const announce = (text, tone = "good") => {
	const region = regions.at(-1);

	toast({ text, tone });
	region?.("");
	setTimeout(() => region?.(text), 50);
};
