// SPDX-License-Identifier: ISC
//
// apps: what can be asked of connected apps and done to them, as the management
// interface has it, and of those that the account publishes itself.

import * as api from "./api.js";

const ROLES = ["read", "write", "admin"];

// The roles that may be granted where MOST was asked for, or was granted.
export const rolesUpTo = (most) => ROLES.slice(0, ROLES.indexOf(most) + 1);

const appPath = (guid, rest = "") => `/apps/${encodeURIComponent(guid)}${rest}`;
const ownPath = (guid, rest = "") =>
	`/published-apps/${encodeURIComponent(guid)}${rest}`;

const pageOf = (data, name) => ({
	items: data[name], cursor: data.next_cursor, hasMore: data.has_more,
});

// Pages of lists, for useList().
export const listApps = (status) => async (cursor, signal) =>
	pageOf(await api.get("/apps", { status, cursor }, signal), "apps");

export const listTokens = (guid) => async (cursor, signal) =>
	pageOf(await api.get(appPath(guid, "/tokens"), { cursor }, signal), "tokens");

export const listOwn = async (cursor, signal) =>
	pageOf(await api.get("/published-apps", { cursor }, signal),
		"published_apps");

export const readApp = (guid, signal) => api.get(appPath(guid), {}, signal);

export const readOwn = (guid, signal) => api.get(ownPath(guid), {}, signal);

// What CODE asks for, before anything is granted. It is never part of an
// address.
export const inspectCode = async (code) =>
	(await api.request("POST", "/connect-codes/inspection",
		{ body: { code } })).data;

// BODY is what the interface takes, OPTIONS what api.request() does.
export const connectApp = (guid, body, options) =>
	api.request("POST", appPath(guid, "/connection"), { body, ...options });

export const makeToken = (guid, body, options) =>
	api.request("POST", appPath(guid, "/tokens"), { body, ...options });

export const makeOwn = (body, options) =>
	api.request("POST", "/published-apps", { body, ...options });

export const rotateOwn = (guid, body, options) =>
	api.request("POST", ownPath(guid, "/secrets"), { body, ...options });

// {data, status}: 202 is not confirmed everywhere.
export const disconnectApp = (guid, why) =>
	api.request("DELETE", appPath(guid, "/connection"), { query: { why } });

export const revokeToken = (guid, id, why) =>
	api.request("DELETE", appPath(guid, `/tokens/${id}`), { query: { why } });

export const removeOwn = (guid) => api.request("DELETE", ownPath(guid));

export const isLive = (app) => Boolean(app.connection) && !app.removed_at &&
	!app.connection.revoked_at;
