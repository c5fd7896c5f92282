// SPDX-License-Identifier: GPL-2.0-only
// The rules on the record: note-*.
#include <inttypes.h>
#include <string.h>

#include "check/check.h"

static void check_bytes(struct report *report, const char *path, const struct note_reading *note)
{
	const uint64_t *found = note->found, *limit = note->limit;

	if (note->fault[NOTE_TRUNCATED])
		report_add(report, RULE_NOTE_TRUNCATED, path, "a note wants %" PRIu64 " bytes, %" PRIu64 " are left",
			   found[NOTE_TRUNCATED], limit[NOTE_TRUNCATED]);
	if (note->fault[NOTE_OWNER])
		report_add(report, RULE_NOTE_OWNER, path,
			   "the first note there has another owner, with namesz %" PRIu64 ", expected %" PRIu64,
			   found[NOTE_OWNER], limit[NOTE_OWNER]);
	if (note->fault[NOTE_SEVERAL])
		report_add(report, RULE_NOTE_SEVERAL, path, "found %" PRIu64 " of type 1, expected 1",
			   found[NOTE_SEVERAL]);
	if (note->fault[NOTE_COMPAT] && limit[NOTE_COMPAT] == 0)
		report_add(report, RULE_NOTE_COMPAT, path, "%s", note->compat_why);
	else if (note->fault[NOTE_COMPAT])
		report_add(report, RULE_NOTE_COMPAT, path, "%s is %" PRIu64 ", expected %" PRIu64, note->compat_why,
			   found[NOTE_COMPAT], limit[NOTE_COMPAT]);
}

static void check_text(struct report *report, const char *path, const struct note_reading *note)
{
	const uint64_t *found = note->found, *limit = note->limit;

	if (note->fault[NOTE_EMPTY])
		report_add(report, RULE_NOTE_EMPTY, path, NULL);
	if (note->fault[NOTE_UNTERMINATED])
		report_add(report, RULE_NOTE_UNTERMINATED, path,
			   "descsz is %" PRIu64 ", the text with its NUL has %" PRIu64, found[NOTE_UNTERMINATED],
			   limit[NOTE_UNTERMINATED]);
	if (note->fault[NOTE_CHARS])
		report_add(report, RULE_NOTE_CHARS, path, "found byte 0x%02" PRIx64, found[NOTE_CHARS]);
	if (note->fault[NOTE_LONG])
		report_add(report, RULE_NOTE_LONG, path, "it has %" PRIu64 " bytes, at most %" PRIu64 " are legal",
			   found[NOTE_LONG], limit[NOTE_LONG]);
}

void check_note(struct report *report, const char *path, const struct note_reading *note)
{
	check_bytes(report, path, note);
	check_text(report, path, note);
	/* A broken note, or a note of another owner, has a finding already. */
	if (note->records == 0 && !note->fault[NOTE_TRUNCATED] && !note->fault[NOTE_OWNER])
		report_add(report, RULE_NOTE_MISSING, path, "%s",
			   note->section  ? "the section .note.xenserver has no record of type 1"
			   : note->compat ? "it has only the section .note.XenServer of older kits"
					  : "it has no section .note.xenserver");
}

void check_version(struct report *report, const char *path, const struct note_reading *note, const char *expected)
{
	if (note_is_sound(note) && strcmp(note->version, expected) != 0)
		report_add(report, RULE_PATH_VERSION, path, "the record says %s, expected %s", note->version, expected);
}
