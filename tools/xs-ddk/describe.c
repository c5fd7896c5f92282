// SPDX-License-Identifier: GPL-2.0-only
// Describes a module or a package: the JSON objects of 'xs-ddk show --json'.
#include "xs-ddk/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "elf/modalias.h"
#include "elf/signature.h"

static void set(json_t *object, const char *key, json_t *value)
{
	json_need_zero(json_object_set_new(object, key, json_need(value)));
}

/* All values of KEY in .modinfo. */
static json_t *values_of(const struct module *module, const char *key)
{
	json_t *list = json_need(json_array());

	for (const char *value = NULL; (value = module_info(module, key, value));)
		json_need_zero(json_array_append_new(list, json_safe(value)));
	return list;
}

/* "pci 8086:1533 subsystem 103c:0003" for a PCI device; for any other bus the alias itself. */
static json_t *device_of(const char *alias)
{
	struct pci_id id;
	char text[64];

	if (!modalias_pci(alias, &id))
		return json_safe(alias);
	snprintf(text, sizeof(text), "pci %s:%s", id.vendor, id.device);
	if (strcmp(id.subvendor, "*") != 0 || strcmp(id.subdevice, "*") != 0)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " subsystem %s:%s", id.subvendor,
			 id.subdevice);
	return json_need(json_string(text));
}

/* The devices of a module. A device alias has a bus and a colon; other aliases name protocols, file systems etc. */
static json_t *devices_of(const struct module *module)
{
	json_t *list = json_need(json_array());

	for (const char *alias = NULL; (alias = module_info(module, "alias", alias));)
		if (strchr(alias, ':'))
			json_need_zero(json_array_append_new(list, device_of(alias)));
	return list;
}

/* The signature is at the end of the file, so the whole file is read; but only if there is a signature. */
static json_t *signature_of(const struct input *input, const struct module *module)
{
	struct signature signature;
	struct signer signer = {0};
	const char *why;
	uint8_t *bytes;
	size_t len;

	module_signature(module, &signature);
	if (signature.state == SIGNATURE_NONE)
		return json_null();
	if (signature.state != SIGNATURE_FOUND)
		return json_pack("{s:s}", "damage", signature.damage ? signature.damage : "it is no signature");
	bytes = input_whole(input, MODULE_BYTES_MAX, &len, &why);
	if (bytes && len == module->size)
		signature_signer(bytes + signature.offset, signature.len, &signer);
	source_whole_free(bytes, len);
	return json_pack("{s:o, s:o}", "signer", json_safe(signer.name), "digest", json_safe(signer.digest));
}

static const char *version_of(const struct note_reading *note)
{
	return note->records ? note->version : NULL;
}

json_t *describe_module(const struct input *input, const struct module *module)
{
	static const struct {
		const char *key, *info;
	} texts[] = {{"vermagic", "vermagic"},
		     {"description", "description"},
		     {"license", "license"},
		     {"module_version", "version"},
		     {"srcversion", "srcversion"}};
	char name[MODULE_NAME_SIZE], uname[2 * UNAME_MAX];
	const char *own = module_info(module, "name", NULL);
	json_t *object;

	name_of_module(input->path, name);
	module_kernel(module, uname, sizeof(uname));
	object = json_need(json_pack("{s:o, s:o, s:o, s:o}", "path", json_safe(input->path), "module",
				     json_safe(own ? own : name), "version", json_safe(version_of(&module->note)),
				     "kernel", json_safe(*uname ? uname : NULL)));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		set(object, texts[i].key, json_safe(module_info(module, texts[i].info, NULL)));
	set(object, "size", json_integer((json_int_t)input->size));
	set(object, "signature", signature_of(input, module));
	set(object, "devices", devices_of(module));
	set(object, "aliases", values_of(module, "alias"));
	set(object, "firmware", values_of(module, "firmware"));
	set(object, "depends", json_safe(module_info(module, "depends", NULL)));
	return object;
}

json_t *describe_loaded(const struct loaded *loaded, const char *uname)
{
	char *path = text_format("/sys/module/%s", loaded->name);
	json_t *object =
		json_need(json_pack("{s:o, s:o, s:o, s:o}", "path", json_safe(path), "module", json_safe(loaded->name),
				    "version", json_safe(version_of(&loaded->note)), "kernel", json_safe(uname)));

	free(path);
	return object;
}

/* Requirements like "kernel-uname-r = 6.1.0", without those on features of rpm itself ("rpmlib(...)"). */
static json_t *needs_of(const struct rpm *rpm)
{
	json_t *list = json_need(json_array());

	for (size_t i = 0; i < rpm->need_count; i++) {
		const struct rpm_dependency *need = &rpm->needs[i];
		const char *last;
		char *text;

		if (strncmp(need->name, "rpmlib(", 7) == 0)
			continue;
		text = text_format("%s%s%s%s%s%s", need->name, *need->version ? " " : "",
				   need->flags & RPM_LESS ? "<" : "", need->flags & RPM_GREATER ? ">" : "",
				   need->flags & RPM_EQUAL ? "= "
				   : *need->version	   ? " "
							   : "",
				   need->version);
		/* rpm sorts requirements, and lists /bin/sh once for each scriptlet: duplicates are left out. */
		last = json_string_value(json_array_get(list, json_array_size(list) - 1));
		if (!last || strcmp(last, text) != 0)
			json_need_zero(json_array_append_new(list, json_safe(text)));
		free(text);
	}
	return list;
}

static json_t *files_of(const struct rpm *rpm)
{
	json_t *list = json_need(json_array());

	for (size_t i = 0; i < rpm->file_count; i++)
		if (!S_ISDIR(rpm->files[i].mode))
			json_need_zero(json_array_append_new(list, json_safe(rpm->files[i].path)));
	return list;
}

static json_t *scriptlets_of(const struct rpm *rpm)
{
	json_t *list = json_need(json_array());

	for (size_t i = 0; i < rpm->scriptlet_count; i++)
		json_need_zero(json_array_append_new(list, json_need(json_string(rpm->scriptlets[i].kind))));
	return list;
}

json_t *describe_package(const struct input *input)
{
	const struct rpm *rpm = input->rpm;

	return json_need(json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "path", json_safe(input->path),
				   "name", json_safe(rpm->name), "version", json_safe(rpm->version), "release",
				   json_safe(rpm->release), "arch", json_safe(rpm->arch), "source", rpm->source,
				   "compressor", json_safe(rpm->compressor), "requires", needs_of(rpm), "scriptlets",
				   scriptlets_of(rpm), "files", files_of(rpm)));
}

static const char *word_for(enum rpm_signature_state state)
{
	static const char *const words[] = {
		[RPM_SIGNATURE_DAMAGED] = "damaged", [RPM_SIGNATURE_UNCHECKED] = "not checked",
		[RPM_SIGNATURE_NO_KEY] = "no key",   [RPM_SIGNATURE_WRONG] = "wrong",
		[RPM_SIGNATURE_VALID] = "valid",
	};

	return words[state];
}

void describe_signatures(json_t *package, const struct rpm_signatures *signatures, const struct openpgp_keys *keys)
{
	json_t *list = json_need(json_array());

	for (size_t i = 0; i < signatures->rpm->signature_count; i++) {
		const char *state = word_for(rpm_signature_check(signatures, i, keys));
		json_t *one = json_pack("{s:s, s:s}", "state", state, "signature", rpm_signature_name(signatures, i));

		json_need_zero(json_array_append_new(list, json_need(one)));
	}
	set(package, "signed", json_boolean(rpm_is_signed(signatures)));
	set(package, "signatures", list);
}
