// SPDX-License-Identifier: GPL-2.0-only
// Adds the version record to a built module, in memory.
#include "elf/inject.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
#include "elf/inject_elf.h"
#include "elf/module.h"
#include "stream/codec.h"

#define HEADER 12

static size_t padded(size_t size)
{
	return (size + XENSERVER_NOTE_ALIGN - 1) / XENSERVER_NOTE_ALIGN * XENSERVER_NOTE_ALIGN;
}

static size_t record_size(const char *version)
{
	return HEADER + padded(sizeof(XENSERVER_NOTE_OWNER)) + padded(strlen(version) + 1);
}

/* Writes a record to AT, which has enough zeroed bytes. Returns the length of the record. */
static size_t write_record(const struct elf_image *image, uint8_t *at, uint32_t namesz, const char *version)
{
	size_t name_at = HEADER, desc_at = HEADER + padded(sizeof(XENSERVER_NOTE_OWNER));

	elf_image_word(image, at, namesz);
	elf_image_word(image, at + 4, (uint32_t)strlen(version) + 1);
	elf_image_word(image, at + 8, XENSERVER_NOTE_TYPE);
	memcpy(at + name_at, XENSERVER_NOTE_OWNER, sizeof(XENSERVER_NOTE_OWNER));
	memcpy(at + desc_at, version, strlen(version) + 1);
	return record_size(version);
}

static bool is_record(const struct note *note)
{
	return note->type == XENSERVER_NOTE_TYPE && note->namesz == XENSERVER_NOTE_NAMESZ &&
	       memcmp(note->name, XENSERVER_NOTE_OWNER, XENSERVER_NOTE_NAMESZ) == 0;
}

/*
 * Makes the new bytes of .note.xenserver. Notes that are not records stay unchanged. The new record takes the place of
 * the first old record, or is the last note.
 */
static uint8_t *record_section(const struct elf_image *image, const char *version, size_t *len)
{
	struct note_walk walk = {.align = XENSERVER_NOTE_ALIGN,
				 .swap = image->big == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)};
	uint8_t *bytes;
	struct note note;
	size_t from = 0, used = 0;
	bool written = false;

	elf_image_find(image, XENSERVER_NOTE_SECTION, &walk.data, &walk.len);
	bytes = need_memory(padded(walk.len) + record_size(version), 1);
	for (; note_next(&walk, &note) == NOTE_FOUND; from = walk.pos) {
		if (!is_record(&note)) {
			memcpy(bytes + used, walk.data + from, walk.pos - from);
			used += padded(walk.pos - from);
		} else if (!written) {
			used += write_record(image, bytes + used, XENSERVER_NOTE_NAMESZ, version);
			written = true;
		}
	}
	if (!written)
		used += write_record(image, bytes + used, XENSERVER_NOTE_NAMESZ, version);
	*len = used;
	return bytes;
}

static uint8_t *compat_section(const struct elf_image *image, const char *version, size_t *len)
{
	uint8_t *bytes = need_memory(2, record_size(version));

	*len = write_record(image, bytes, XENSERVER_NOTE_NAMESZ, version);
	*len += write_record(image, bytes + *len, XENSERVER_NOTE_COMPAT_NAMESZ, version);
	return bytes;
}

/* Finds faults that a new record cannot correct. */
static enum inject_outcome judge_module(const struct module *module, char **why)
{
	const uint64_t *found = module->found, *limit = module->limit;

	if (module->fault[MODULE_NOT_ELF])
		*why = text_format("it is not an ELF file");
	else if (module->fault[MODULE_TRUNCATED])
		*why = text_format("it is truncated: it has %" PRIu64 " bytes, its headers say %" PRIu64,
				   found[MODULE_TRUNCATED], limit[MODULE_TRUNCATED]);
	else if (module->fault[MODULE_DAMAGED])
		*why = text_format("it is damaged: %s", module->damage);
	if (*why)
		return INJECT_UNREADABLE;
	if (module->fault[MODULE_NOT_RELOCATABLE])
		*why = text_format("it is not a kernel module: its ELF type is %" PRIu64 ", expected %" PRIu64,
				   found[MODULE_NOT_RELOCATABLE], limit[MODULE_NOT_RELOCATABLE]);
	else if (module->fault[MODULE_NO_MODINFO])
		*why = text_format("it is not a kernel module: it has no section .modinfo");
	return *why ? INJECT_REFUSED : INJECT_CHANGED;
}

static bool is_sound(const struct module *module)
{
	return note_is_sound(&module->note) && !module->fault[MODULE_NOTE_TYPE] && !module->fault[MODULE_NOTE_ALLOC] &&
	       !module->fault[MODULE_NOTE_ALIGN];
}

/* Whether the record must be changed, and whether the options allow the change. */
static enum inject_outcome judge_record(const struct module *module, const struct inject_options *options, char **why)
{
	const struct note_reading *note = &module->note;
	bool sound = is_sound(module);
	bool same = sound && strcmp(note->version, options->version) == 0;
	bool vacant = note->records == 0 && !note->fault[NOTE_TRUNCATED] && !note->fault[NOTE_OWNER];

	if (same && (note->compat || !options->compat))
		return INJECT_SAME;
	if (same || vacant || options->replace)
		return INJECT_CHANGED;
	if (sound)
		*why = text_format("it has the record of version %s already; --replace puts %s in its place",
				   note->version, options->version);
	else
		*why = text_format(
			"it has a wrong record ('xs-ddk verify' says why); --replace puts a right one in its place");
	return INJECT_REFUSED;
}

/* Sets *LEN to the length of the module without the appended bytes. */
static enum inject_outcome judge_signature(const struct module *module, const struct inject_options *options,
					   size_t *len, char **why)
{
	struct signature signature;

	module_signature(module, &signature);
	if (signature.state == SIGNATURE_NONE)
		return INJECT_CHANGED;
	*len = module->elf_end;
	if (signature.state == SIGNATURE_GARBAGE)
		*why = text_format("%" PRIu64 " bytes after the module are not a signature", signature.appended);
	else if (!options->drop_signature)
		*why = text_format("it is signed, and the signature would not be valid any more; --drop-signature "
				   "removes it, so that the result can be signed again");
	return *why ? INJECT_REFUSED : INJECT_CHANGED;
}

/* Reads the result as every reader does, so that inject() never returns a wrong module. */
static enum inject_outcome judge_result(const uint8_t *bytes, size_t len, const char *version, char **why)
{
	struct module module = {0};

	if (module_read_memory(&module, bytes, len) != 0)
		die_memory();
	if (module.note.fault[NOTE_SEVERAL])
		*why = text_format("another section than %s has a record, too; it cannot be replaced",
				   XENSERVER_NOTE_SECTION);
	else if (module_is_broken(&module) || !is_sound(&module) || strcmp(module.note.version, version) != 0)
		*why = text_format("the new record cannot be read from it; please report this");
	module_free(&module);
	return *why ? INJECT_REFUSED : INJECT_CHANGED;
}

static enum inject_outcome compose(const uint8_t *bytes, size_t size, const struct inject_options *options, bool compat,
				   uint8_t **out, size_t *out_len, char **why)
{
	struct elf_note_section sections[2] = {{.name = XENSERVER_NOTE_SECTION},
					       {.name = XENSERVER_NOTE_COMPAT_SECTION}};
	struct elf_image image;
	uint8_t *record = NULL, *copies = NULL;
	const char *reason = NULL;

	*out = NULL;
	if (elf_image_read(&image, bytes, size, &reason)) {
		if (!elf_image_find(&image, ".gnu.linkonce.this_module", NULL, NULL)) {
			*why = text_format(
				"it is not a finished kernel module: it has no section .gnu.linkonce.this_module");
			return INJECT_REFUSED;
		}
		sections[0].bytes = record = record_section(&image, options->version, &sections[0].len);
		sections[1].bytes = copies = compat_section(&image, options->version, &sections[1].len);
		*out = elf_image_with(&image, sections, compat ? 2 : 1, out_len, &reason);
	}
	free(record);
	free(copies);
	if (reason)
		*why = text_format("it is damaged: %s", reason);
	return reason ? INJECT_UNREADABLE : judge_result(*out, *out_len, options->version, why);
}

enum inject_outcome inject(const uint8_t *bytes, size_t size, const struct inject_options *options, uint8_t **out,
			   size_t *out_len, char **why)
{
	struct module module = {0};
	enum inject_outcome outcome;
	bool compat;

	*out = NULL;
	*why = NULL;
	/* module_read_memory() would decode the bytes, but the functions below need the ELF file itself. */
	if (codec_of(bytes, size) != CODEC_NONE) {
		*why = text_format("it is compressed more than once");
		return INJECT_UNREADABLE;
	}
	if (module_read_memory(&module, bytes, size) != 0)
		die_memory();
	outcome = judge_module(&module, why);
	if (outcome == INJECT_CHANGED)
		outcome = judge_record(&module, options, why);
	if (outcome == INJECT_CHANGED)
		outcome = judge_signature(&module, options, &size, why);
	compat = options->compat || module.note.compat;
	module_free(&module);
	if (outcome == INJECT_CHANGED)
		outcome = compose(bytes, size, options, compat, out, out_len, why);
	if (outcome != INJECT_CHANGED) {
		free(*out);
		*out = NULL;
	}
	return outcome;
}
