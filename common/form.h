/* SPDX-License-Identifier: ISC */
/*
 * form [layer 3]: a JSON body into a struct, by a table of its members. All
 * faults are collected, so that who sent it can mend them at once (RFC 9457
 * section 3: errors, each with a pointer and a detail).
 */
#ifndef HASP_FORM_H
#define HASP_FORM_H

#include "arena.h"
#include "digest.h"
#include "err.h"
#include "request.h"
#include "str.h"

#define FORM_FAULTS_MAX 16
/* Bytes of a secret, and of one text in an array. */
#define FORM_SECRET_MAX 1024
#define FORM_ITEM_MAX 256

/*
 * What is made of a member. GIVEN: it was there; NULL: its value was null;
 * neither the value is set then nor when it was absent. Texts are UTF-8
 * without NUL, end with a NUL of their own, and live in the arena.
 */
struct form_text {
	bool given, null;
	struct str value;
};

struct form_word {
	bool given, null;
	size_t index;		/* in the field's words */
};

struct form_int {
	bool given, null;
	int64_t value;
};

struct form_bool {
	bool given, null;
	bool value;
};

struct form_time {
	bool given, null;
	int64_t wall_us;	/* never 0 if it was given and not null */
};

struct form_texts {
	bool given, null;
	struct str *items;
	size_t count;
};

/* A struct for FORM_OBJECT begins with one of these. */
struct form_seen {
	bool given, null;
};

enum form_kind {
	FORM_LABEL,		/* form_text: what label_check takes */
	FORM_TEXT,		/* form_text: low to high bytes, no controls */
	FORM_SECRET,		/* form_text: 1 to FORM_SECRET_MAX bytes, any */
	FORM_WORD,		/* form_word */
	FORM_INT,		/* form_int: low to high */
	FORM_BOOL,		/* form_bool */
	FORM_TIME,		/* form_time: what moment_parse takes */
	FORM_TEXTS,		/* form_texts: low to high items */
	FORM_OBJECT,		/* a struct of what its form has */
};

struct form_field {
	const char *name;	/* of [a-z0-9_] */
	size_t offset;		/* of the target in the struct */
	enum form_kind kind;
	bool required;		/* it must be there */
	bool nullable;		/* it may be null */
	int64_t low, high;	/* both included */
	const char *const *words;	/* FORM_WORD: then NULL */
	const struct form *form;	/* FORM_OBJECT */
};

struct form {
	const struct form_field *fields;
	size_t count;
	bool optional;		/* no body at all is like an empty object */
};

/* Name and place of a member that is called the same in the struct. */
#define FORM_MEMBER(type, member) \
	.name = #member, .offset = offsetof(type, member)

struct form_fault {
	struct str pointer;	/* "#/name": RFC 6901 section 6 */
	const char *detail;	/* a sentence; nothing of what was sent */
};

struct form_faults {
	struct arena *arena;
	struct form_fault list[FORM_FAULTS_MAX];
	size_t count;		/* further ones are lost */
	bool failed;		/* the arena was full */
	struct digest body;	/* of the body: tells like ones */
};

/*
 * Reads the body of REQUEST into the struct at OUT, which the caller has
 * zeroed, and makes FAULTS anew. ERR_INVALID: FAULTS has at least one.
 * ERR_MEDIA_TYPE: the Content-Type is not application/json (with or without
 * parameters); an optional body that is empty needs none. The errors of
 * json_read_object; ERR_MEMORY.
 */
enum err form_read(const struct request *request, struct arena *arena,
    const struct form *form, void *out, struct form_faults *faults)
    MUST_CHECK;

/* Adds a fault that only the handler can find; both texts are kept. */
void form_fault(struct form_faults *faults, const char *pointer,
    const char *detail);

/* ERR_OK if nothing was found, ERR_INVALID, or ERR_MEMORY. */
enum err form_verdict(const struct form_faults *faults) MUST_CHECK;

#endif
