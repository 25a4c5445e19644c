/* SPDX-License-Identifier: ISC */
#include "label.h"

static const struct {
	uint32_t low, high;
} label_invisible[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0x2028, 0x202e },
	{ 0x2066, 0x2069 },
};

static bool
label_is_invisible(uint32_t rune)
{
	for (size_t i = 0; i < ARRAY_LEN(label_invisible); i++)
		if (rune >= label_invisible[i].low &&
		    rune <= label_invisible[i].high)
			return true;
	return false;
}

enum label_fault
label_check(struct str text)
{
	bool invisible = false, blank = true;
	size_t count = 0;
	uint32_t rune;

	while (str_rune(&text, &rune)) {
		count++;
		blank = blank && rune == ' ';
		invisible = invisible || label_is_invisible(rune);
	}
	if (text.len > 0)
		return LABEL_NOT_UTF8;
	if (blank)
		return LABEL_BLANK;
	if (count > LABEL_CHARACTERS)
		return LABEL_TOO_LONG;
	return invisible ? LABEL_INVISIBLE : LABEL_GOOD;
}

bool
label_is_remark(struct str text, size_t most)
{
	size_t count = 0;
	uint32_t rune;

	while (str_rune(&text, &rune))
		if (label_is_invisible(rune) || ++count > most)
			return false;
	return text.len == 0;
}

const char *
label_sentence(enum label_fault fault)
{
	switch (fault) {
	case LABEL_NOT_UTF8:
		return "This text is not UTF-8.";
	case LABEL_BLANK:
		return "This text may not be blank.";
	case LABEL_TOO_LONG:
		return "At most 100 characters.";
	case LABEL_INVISIBLE:
		return "No control characters, line ends or characters that "
		    "change the direction of text.";
	case LABEL_GOOD:
		break;
	}
	return "";
}
