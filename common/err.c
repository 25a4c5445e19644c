/* SPDX-License-Identifier: ISC */
#include "err.h"

struct err_row {
	int http;
	const char *code;
	const char *sentence;
};

static const struct err_row err_rows[ERR__COUNT] = {
	[ERR_OK] = { 200, "ok", "" },
#define G(title)
#define E(name, status, slug, text) [ERR_##name] = { (status), slug, text },
#include "errors.def"
#undef E
#undef G
};

static const struct err_row err_unknown = { 503, "internal", "" };

static const struct err_row *
err_row(enum err err)
{
	if ((unsigned int)err >= ERR__COUNT)
		return &err_unknown;
	return &err_rows[err];
}

int
err_http(enum err err)
{
	return err_row(err)->http;
}

enum err
err_public(enum err err)
{
	return err_http(err) == 500 ? ERR_INTERNAL : err;
}

const char *
err_code(enum err err)
{
	return err_row(err)->code;
}

const char *
err_sentence(enum err err)
{
	return err_row(err)->sentence;
}

const char *
err_group(enum err err)
{
	/* Groups and errors in the order of the table, told apart by code. */
	static const struct {
		const char *title;
		int err;
	} order[] = {
#define G(title) { title, ERR_OK },
#define E(name, http, code, sentence) { NULL, ERR_##name },
#include "errors.def"
#undef E
#undef G
	};

	for (size_t i = 1; i < ARRAY_LEN(order); i++)
		if (order[i].err == (int)err && err != ERR_OK)
			return order[i - 1].title;
	return NULL;
}

const char *
err_reason(int http)
{
	static const struct {
		int http;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 428, "Precondition Required" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].http == http)
			return reasons[i].reason;
	return "Unknown";
}
