/* SPDX-License-Identifier: ISC */
#include "clientid.h"

#include "base64.h"
#include "percent.h"

/* The base64 of "id:secret", each of the two form-urlencoded. */
static bool
clientid_decode(struct str encoded, struct clientid_room *room,
    struct clientid *out)
{
	struct str text = { room->text, 0 }, id, secret;

	if (base64_decode(encoded, room->text, sizeof(room->text),
	    &text.len) != BASE64_OK)
		return false;
	if (!str_cut(text, ':', &id, &secret) ||
	    !percent_decode(id, room->plain, sizeof(room->plain), &out->id))
		return false;
	return percent_decode(secret, room->plain + out->id.len,
	    sizeof(room->plain) - out->id.len, &out->secret);
}

/* Of the header's value. */
static enum err
clientid_basic(struct str value, struct clientid_room *room,
    struct clientid *out)
{
	struct str scheme, rest;

	if (value.len > CLIENTID_MAX ||
	    !str_cut(str_trim(value), ' ', &scheme, &rest) ||
	    !str_eq_nocase(scheme, STR("basic")) ||
	    !clientid_decode(str_trim(rest), room, out))
		return ERR_CLIENT_MISSING;
	return ERR_OK;
}

enum err
clientid_parse(const struct clientid_sources *sources,
    struct clientid_room *room, struct clientid *out)
{
	enum err err = ERR_OK;

	if (!sources->has_authorization) {
		out->id = sources->id;
		out->secret = sources->secret;
	} else {
		if (sources->secret.len > 0)
			return ERR_CLIENT_TWICE;
		err = clientid_basic(sources->authorization, room, out);
	}
	if (err != ERR_OK)
		return err;
	if (out->id.len == 0 || out->secret.len == 0)
		return ERR_CLIENT_MISSING;
	/* Of two names nobody says whose is meant. */
	return sources->id.len > 0 && !str_eq(sources->id, out->id) ?
	    ERR_CLIENT_TWICE : ERR_OK;
}
