// SPDX-License-Identifier: ISC
//
// route: which page the address names. Routes are behind the #, so that any web
// server can serve the portal and no page's name ever reaches it. No secret
// is ever part of a route.

import { useLayoutEffect, useState } from "preact/hooks";

// {path, query} of the address; query is an object of texts.
const read = () => {
	const [path, search = ""] = window.location.hash.slice(1).split("?");
	return {
		path: path.startsWith("/") ? path : "/",
		query: Object.fromEntries(new URLSearchParams(search)),
	};
};

// The link to PATH, with the members of QUERY that are not empty.
export const href = (path, query = {}) => {
	const search = new URLSearchParams(
		Object.entries(query).filter(([, value]) => value)).toString();
	return `#${path}${search ? `?${search}` : ""}`;
};

export const go = (path, query) => {
	window.location.hash = href(path, query);
};

// Changes the address without a step to go back to.
export const replace = (path, query) => {
	window.history.replaceState(null, "", href(path, query));
	window.dispatchEvent(new HashChangeEvent("hashchange"));
};

// Who has something that is gone with the page: {at, ask}, or null.
let holder = null;

// While HOLDS, whoever goes back stays here, and ASK is called.
export const useHold = (holds, ask) => useLayoutEffect(() => {
	if (!holds) return undefined;
	holder = { at: window.location.hash, ask };
	return () => {
		holder = null;
	};
}, [holds]);

export const useRoute = () => {
	const [route, setRoute] = useState(read);

	// With the page: who goes on before it is drawn would go nowhere.
	useLayoutEffect(() => {
		const changed = () => {
			if (holder && window.location.hash !== holder.at) {
				window.location.hash = holder.at;
				holder.ask();
			} else {
				setRoute(read());
			}
		};
		window.addEventListener("hashchange", changed);
		return () => window.removeEventListener("hashchange", changed);
	}, []);
	return route;
};

// The first of PAGES whose path is PATH, {page, params}; undefined: none.
// ":name" in a page's path stands for one part.
export const match = (pages, path) => {
	const parts = path.split("/");
	for (const page of pages) {
		const wanted = page.path.split("/");
		const params = {};
		const same = wanted.length === parts.length &&
			wanted.every((part, at) => {
				if (!part.startsWith(":")) return part === parts[at];
				params[part.slice(1)] = decodeURIComponent(parts[at]);
				return parts[at] !== "";
			});
		if (same) return { page, params };
	}
	return undefined;
};
