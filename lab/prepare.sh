# SPDX-License-Identifier: GPL-3.0-or-later
#
# Shared by ./quickstart and ./run-tests, which source it with $top set to the
# checkout and $me to their name: packages and builds.

die()
{
	echo "$me: $*" >&2
	exit 1
}

# packages [test]: names from packages.txt, with those of [test] on demand
packages()
{
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$top/lab/packages.txt" |
		if [ "$1" = test ]; then grep -v '^\['; else sed '/^\[/,$d'; fi
}

missing_packages()
{
	for package in $(packages "$1"); do
		dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null |
			grep -q '^.i' || echo "$package"
	done
}

# install_packages [test]: asks apt only for what is not there
install_packages()
{
	command -v dpkg-query >/dev/null || die "this needs Debian 12"
	wanted=$(missing_packages "$1")
	[ -n "$wanted" ] || return 0
	[ "$(id -u)" = 0 ] || die "needs root to install:" $wanted
	echo "$me: installing" $wanted
	# Runlevel 1: no daemon that comes with a package is started here.
	export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
	log=$(mktemp)
	# shellcheck disable=SC2086
	if ! { apt-get -q update && apt-get -q -y install \
		--no-install-recommends $wanted; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		die "apt-get could not install all of that"
	fi
	rm -f "$log"
}

# build DIR TARGET [configure arguments]
build()
{
	dir=$1 target=$2
	shift 2
	mkdir -p "$top/$dir" || die "cannot make $dir"
	if ! make_in "$dir" "$target" "$@" >"$top/$dir/build.log" 2>&1; then
		tail -n 40 "$top/$dir/build.log" >&2
		die "the build failed (all it said: $dir/build.log)"
	fi
}

make_in()
{
	tree=$1 goal=$2
	shift 2
	[ -x "$top/configure" ] || (cd "$top" && autoreconf -fi) || return 1
	cd "$top/$tree" || return 1
	[ -f Makefile ] || ../configure "$@" || return 1
	make -j"$(nproc)" "$goal"
	status=$?
	cd "$top" || return 1
	return $status
}
