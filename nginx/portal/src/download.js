// SPDX-License-Identifier: ISC
//
// download: hands a text to the person as a file. It never leaves the browser.

export const download = (name, text) => {
	const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
	const link = document.createElement("a");

	link.href = url;
	link.download = name;
	link.click();
	URL.revokeObjectURL(url);
};
