/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A name service module for the sshd of a router: users are the router's, and
 * only the router knows them, so here every name is one, with an account that
 * owns nothing and whose only command is what sshd is told to force.  Whether
 * there is such a user PAM asks the router.  Only the sshd that getvpn-sshd
 * starts sees this module; GETVPN_SSH_UID is in its environment. */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_OCTETS = 64 };

enum nss_status _nss_getvpn_getpwnam_r(const char *name, struct passwd *pw,
				       char *buf, size_t size, int *error);

/* Of sshd itself: its own account, and who it is when it has no user. */
static int is_of_the_system(const char *name)
{
	return !strcmp(name, "sshd") || !strcmp(name, "nobody");
}

enum nss_status _nss_getvpn_getpwnam_r(const char *name, struct passwd *pw,
				       char *buf, size_t size, int *error)
{
	const char *uid = getenv("GETVPN_SSH_UID");
	size_t len = strlen(name);
	int n;

	if (!uid || !len || len > NAME_MAX_OCTETS || is_of_the_system(name) ||
	    strpbrk(name, ":/\n"))
		return NSS_STATUS_NOTFOUND;
	n = snprintf(buf, size, "%s", name);
	if (n < 0 ||
	    (size_t)n + 1 + sizeof("x") + sizeof("/") + sizeof("/bin/sh") >
		    size) {
		*error = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	}
	memset(pw, 0, sizeof(*pw));
	pw->pw_name = buf;
	buf += n + 1;
	pw->pw_passwd = memcpy(buf, "x", sizeof("x"));
	buf += sizeof("x");
	pw->pw_dir = memcpy(buf, "/", sizeof("/"));
	pw->pw_gecos = pw->pw_passwd;
	buf += sizeof("/");
	pw->pw_shell = memcpy(buf, "/bin/sh", sizeof("/bin/sh"));
	pw->pw_uid = (uid_t)strtoul(uid, NULL, 10);
	pw->pw_gid = (gid_t)pw->pw_uid;
	return pw->pw_uid ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
}
