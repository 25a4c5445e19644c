// SPDX-License-Identifier: ISC
//
// members: the people of the account, to tell who did what.

import * as api from "./api.js";
import { useLoad } from "./load.js";
import { useSession } from "./session.js";

// More are not looked up: their numbers are shown.
const PAGES = 5;

const readAll = async (signal) => {
	const emails = {};
	let cursor = null;
	for (let page = 0; page < PAGES; page += 1) {
		const data = await api.get("/members", { limit: 100, cursor }, signal);
		for (const one of data.members) emails[one.id] = one.email;
		cursor = data.next_cursor;
		if (!data.has_more) break;
	}
	return emails;
};

// {number: email}, for formatActor(); until they are known the own one alone.
export const useMembers = () => {
	const { member } = useSession();
	const { data } = useLoad(readAll);
	return data ?? { [member.id]: member.email };
};
