/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of the router: flash: is a folder of its state directory. */
#include "cli/cli_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/cli_priv.h"

enum {
	FILE_SIZE_MAX = 4 * 1048576, /* octets that are read of a file */
	FILES_MAX = 256,
	FILE_MODE = 0600, /* configurations hold secrets */
	TEXT_MAX = 96,
};

static bool is_word(const char *url, const char *word)
{
	return !strcasecmp(url, word);
}

/* Letters, digits and signs that are no part of a path; not hidden. */
static bool is_name(const char *name)
{
	const char *p;

	for (p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			return false;
	return name[0] != '.' &&
	       (size_t)(p - name) < sizeof(((struct cli_file *)0)->name);
}

bool cli_file_parse(struct cli_file *out, const char *url, struct cli_out *o)
{
	const char *name = url;

	*out = (struct cli_file){ .kind = CLI_FILE_FLASH };
	if (is_word(url, "running-config") ||
	    is_word(url, "system:running-config") ||
	    is_word(url, "system:/running-config")) {
		out->kind = CLI_FILE_RUNNING;
		return true;
	}
	if (is_word(url, "startup-config") ||
	    is_word(url, "nvram:startup-config") ||
	    is_word(url, "nvram:/startup-config")) {
		out->kind = CLI_FILE_STARTUP;
		return true;
	}
	if (!strncasecmp(url, "flash:", 6))
		name = url + 6;
	name += *name == '/';
	if (!is_name(name)) {
		cli_error(o, "%%Error opening %s (%s)\n", url,
			  strchr(name, ':') ? "No such device"
					    : "Invalid file name");
		return false;
	}
	snprintf(out->name, sizeof(out->name), "%s", name);
	return true;
}

const char *cli_file_text(const struct cli_file *f, char *out)
{
	static const char *const fixed[] = {
		[CLI_FILE_RUNNING] = "system:/running-config",
		[CLI_FILE_STARTUP] = "nvram:/startup-config",
	};

	if (f->kind == CLI_FILE_FLASH)
		snprintf(out, TEXT_MAX, "flash:/%s", f->name);
	else
		snprintf(out, TEXT_MAX, "%s", fixed[f->kind]);
	return out;
}

static char *folder(const struct cli *cli)
{
	const struct cli_hooks *h = &cli->hooks;

	return h->flash ? h->flash(h->ctx) : NULL;
}

static char *path_of(const struct cli *cli, const struct cli_file *f)
{
	char *dir = folder(cli), *path = NULL;

	if (dir)
		path = xasprintf("%s/%s", dir, f->name);
	free(dir);
	return path;
}

static char *read_flash(const struct cli *cli, const struct cli_file *f)
{
	char *path = path_of(cli, f), *text = NULL;

	errno = ENOENT;
	if (path && *f->name)
		text = file_read(path, FILE_SIZE_MAX, NULL);
	free(path);
	return text;
}

char *cli_file_read(const struct cli_file *f, struct cli_out *o)
{
	const struct cli_hooks *h = &o->cli->hooks;
	char name[TEXT_MAX], *text = NULL;

	errno = ENOENT;
	if (f->kind == CLI_FILE_RUNNING)
		text = cli_config_text(o->cli);
	else if (f->kind == CLI_FILE_FLASH)
		text = read_flash(o->cli, f);
	else if (h->saved)
		text = h->saved(h->ctx);
	if (!text)
		cli_error(o, "%%Error opening %s (%s)\n",
			  cli_file_text(f, name), strerror(errno));
	return text;
}

/* --- writing ---------------------------------------------------------- */

static size_t count(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

/* 0 or -errno. */
static int write_flash(struct cli *cli, const struct cli_file *f,
		       const char *text)
{
	char *dir = folder(cli), *path = path_of(cli, f);
	int error = -ENODEV;

	if (dir && mkdir(dir, 0700) < 0 && errno != EEXIST)
		error = -errno;
	else if (dir && count(dir) > FILES_MAX)
		error = -ENOSPC;
	else if (dir)
		error = file_write(path, FILE_MODE, text, strlen(text));
	free(path);
	free(dir);
	return error;
}

static int write_file(struct cli *cli, const struct cli_file *f,
		      const char *text)
{
	if (f->kind == CLI_FILE_FLASH)
		return write_flash(cli, f, text);
	if (f->kind == CLI_FILE_STARTUP && cli->hooks.save)
		return cli->hooks.save(cli->hooks.ctx, text, strlen(text));
	return -EROFS;
}

/* --- copy ------------------------------------------------------------- */

struct copy {
	struct cli_file from, to;
};

static void say_copied(struct cli_out *o, size_t size, int64_t began)
{
	int64_t ms = (clock_real_now() - began) / 1000 + 1;

	cli_say(o, "%zu bytes copied in %u.%03u secs (%zu bytes/sec)\n", size,
		(unsigned int)(ms / 1000), (unsigned int)(ms % 1000),
		(size_t)((int64_t)size * 1000 / ms));
}

static void copy_report(void *arg, unsigned int line, const char *what,
			const char *error)
{
	struct cli_out *o = arg;

	cli_error(o, "line %u: %s\n%s\n", line, what, error);
}

static void do_copy(struct copy *c, struct cli_out *o)
{
	int64_t began = clock_real_now();
	char name[TEXT_MAX], *text = cli_file_read(&c->from, o);
	int error = 0;

	if (!text)
		return;
	if (c->to.kind == CLI_FILE_RUNNING) {
		cli_type_in(o->cli, false, text, copy_report, o);
		if (o->session)
			cli_config_changed(o->session);
	} else {
		error = write_file(o->cli, &c->to, text);
	}
	if (error)
		cli_error(o, "%%Error opening %s (%s)\n",
			  cli_file_text(&c->to, name), strerror(-error));
	else
		say_copied(o, strlen(text), began);
	bytes_wipe(text, strlen(text));
	free(text);
}

static void overwrite(void *arg, const char *line, struct cli_out *o)
{
	if (!line[0] || line[0] == 'y' || line[0] == 'Y')
		do_copy(arg, o);
}

static bool exists(const struct cli *cli, const struct cli_file *f)
{
	char *path = f->kind == CLI_FILE_FLASH ? path_of(cli, f) : NULL;
	bool there = path && access(path, F_OK) == 0;

	free(path);
	return there;
}

static void named(void *arg, const char *line, struct cli_out *o)
{
	struct copy *c = arg;
	struct cli_file given = c->to;

	if (*line && !cli_file_parse(&given, line, o))
		return;
	if (*line && given.kind != c->to.kind && c->to.kind != CLI_FILE_FLASH) {
		cli_error(o, "%%Error opening %s (Permission denied)\n", line);
		return;
	}
	c->to = given;
	if (c->to.kind == CLI_FILE_FLASH && !*c->to.name) {
		cli_error(o, "%%Error: no file name\n");
	} else if (c->from.kind == CLI_FILE_RUNNING &&
		   c->to.kind == CLI_FILE_STARTUP) {
		cli_save(o);
	} else if (exists(o->cli, &c->to)) {
		cli_say(o, "%%Warning:There is a file already existing with "
			   "this name \n");
		cli_ask(o, "Do you want to over write? [confirm]", false,
			overwrite, free, c);
	} else {
		do_copy(c, o);
	}
}

static const char *bare_name(const struct cli_file *f)
{
	if (f->kind == CLI_FILE_FLASH)
		return f->name;
	return f->kind == CLI_FILE_RUNNING ? "running-config"
					   : "startup-config";
}

static void copy(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct copy *c = xcalloc(1, sizeof(*c));
	char *question;

	(void)obj;
	if (!cli_file_parse(&c->from, cli_str(a, "from"), o) ||
	    !cli_file_parse(&c->to, cli_str(a, "to"), o)) {
		free(c);
		return;
	}
	/* IOS offers the source's name; these two have names of their own. */
	if (c->to.kind == CLI_FILE_FLASH && !*c->to.name)
		snprintf(c->to.name, sizeof(c->to.name), "%s",
			 c->from.kind == CLI_FILE_RUNNING
				 ? "running-config"
				 : bare_name(&c->from));
	question = xasprintf("Destination filename [%s]? ", bare_name(&c->to));
	cli_ask(o, question, false, named, free, c);
	free(question);
}

/* --- dir, more, delete ------------------------------------------------ */

static void say_entry(struct cli_out *o, int number, const char *name,
		      const struct stat *st)
{
	char when[64];
	struct tm tm;

	gmtime_r(&st->st_mtime, &tm);
	strftime(when, sizeof(when), "%b %d %Y %H:%M:%S +00:00", &tm);
	cli_say(o, "%5d  -rw-  %10lld  %s  %s\n", number,
		(long long)st->st_size, when, name);
}

static void dir(void *obj, const struct cli_args *a, struct cli_out *o)
{
	char *path = folder(o->cli), *name;
	struct dirent **names = NULL;
	struct statvfs vfs;
	struct stat st;
	int n, i, shown = 0;

	(void)obj;
	(void)a;
	cli_say(o, "Directory of flash:/\n\n");
	n = path ? scandir(path, &names, NULL, alphasort) : 0;
	for (i = 0; i < n; i++) {
		name = xasprintf("%s/%s", path, names[i]->d_name);
		if (lstat(name, &st) == 0 && S_ISREG(st.st_mode) &&
		    names[i]->d_name[0] != '.')
			say_entry(o, ++shown, names[i]->d_name, &st);
		free(name);
		free(names[i]);
	}
	free(names);
	if (!shown)
		cli_say(o, "No files in directory\n");
	if (path && statvfs(n > 0 ? path : "/", &vfs) == 0)
		cli_say(o, "\n%llu bytes total (%llu bytes free)\n",
			(unsigned long long)vfs.f_blocks * vfs.f_frsize,
			(unsigned long long)vfs.f_bavail * vfs.f_frsize);
	free(path);
}

static void more(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_file f;
	char *text;

	(void)obj;
	if (!cli_file_parse(&f, cli_str(a, "file"), o))
		return;
	text = cli_file_read(&f, o);
	if (!text)
		return;
	cli_say(o, "%s", text);
	if (*text && text[strlen(text) - 1] != '\n')
		cli_say(o, "\n");
	bytes_wipe(text, strlen(text));
	free(text);
}

static void delete_confirmed(void *arg, const char *line, struct cli_out *o)
{
	const struct cli_file *f = arg;
	char *path = path_of(o->cli, f), name[TEXT_MAX];

	if (line[0] && line[0] != 'y' && line[0] != 'Y') {
		free(path);
		return;
	}
	if (!path || unlink(path) < 0)
		cli_error(o, "%%Error deleting %s (%s)\n",
			  cli_file_text(f, name), strerror(errno));
	free(path);
}

static void delete_named(void *arg, const char *line, struct cli_out *o)
{
	struct cli_file *f = arg;
	char name[TEXT_MAX], *question;

	if (*line && !cli_file_parse(f, line, o))
		return;
	if (f->kind != CLI_FILE_FLASH || !*f->name) {
		cli_error(o, "%%Error deleting %s (Permission denied)\n",
			  cli_file_text(f, name));
		return;
	}
	question = xasprintf("Delete %s? [confirm]", cli_file_text(f, name));
	cli_ask(o, question, false, delete_confirmed, free, f);
	free(question);
}

static void delete_file(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_file *f = xcalloc(1, sizeof(*f));
	char *question;

	(void)obj;
	if (!cli_file_parse(f, cli_str(a, "file"), o)) {
		free(f);
		return;
	}
	question = xasprintf("Delete filename [%s]? ", bare_name(f));
	cli_ask(o, question, false, delete_named, free, f);
	free(question);
}

#define FILE_WORDS(name)                                            \
	"( running-config$" name "  Current system configuration\n" \
	"| startup-config$" name "  Startup configuration\n"        \
	"| WORD$" name "  flash:NAME, nvram:startup-config, "       \
	"system:running-config\n)\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "copy  Copy from one file to another\n" FILE_WORDS(
			"from") FILE_WORDS("to"),
		.run = copy,
	},
	{
		.mode = &cli_mode_exec,
		.words = "dir  List files on a filesystem\n"
			 "[ flash:  Directory or file name\n]\n",
		.run = dir,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show   Show running system information\n"
			 "flash:  display information about flash: file "
			 "system\n",
		.run = dir,
	},
	{
		.mode = &cli_mode_exec,
		.words = "more  Display the contents of a file\n"
			 "WORD$file  flash:NAME, nvram:startup-config, "
			 "system:running-config\n",
		.run = more,
	},
	{
		.mode = &cli_mode_exec,
		.words = "delete  Delete a file\n"
			 "WORD$file  flash:NAME\n",
		.run = delete_file,
	},
};

void cli_files_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
