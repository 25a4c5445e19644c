// SPDX-License-Identifier: ISC
//
// keynames: what the account's keys are called, to tell which one did what.

import * as api from "./api.js";
import { useLoad } from "./load.js";

// More are not looked up: their ids are shown.
const PAGES = 10;

const readAll = async (signal) => {
	const names = {};
	let cursor = null;
	for (let page = 0; page < PAGES; page += 1) {
		const data = await api.get("/keys", { limit: 100, cursor }, signal);
		for (const key of data.keys) names[key.id] = key.name;
		cursor = data.next_cursor;
		if (!data.has_more) break;
	}
	return names;
};

const NONE = {};

// {id: name}; empty until it is there, or if it cannot be had.
export const useKeyNames = () => useLoad(readAll).data ?? NONE;
