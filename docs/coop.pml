/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three key servers that cooperate: who is primary, and whose keys go where.
 * The rules are those of coop.md; what each step stands for in the code is
 * said beside it.  spin looks at every order of events that can be (coop.md
 * says how to run it).
 *
 * Time is not counted.  A key server gives another one up only when that one
 * cannot be reached; when it does so, and when it looks at what another
 * announces, may be any time.  Links are cut, key servers crash and forget
 * everything, so often as the limits below say; then all comes back, and what
 * remains must be right.
 *
 * To see that the properties can fail: -DPREEMPT, -DFORGET_KEYS, -DREUSE_SEQ. */

#define N       3
#define NOBODY  N
#ifndef CUTS
#define CUTS 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef REKEYS
#define REKEYS 2
#endif
#define JUMP (REKEYS + 1) /* 100 is more than an isolated primary sends */

#define BIT(k)     (1 << (k))
#define LINK(a, b) ((a) + (b) - 1)
#define PRIO(k)    (N - (k))
#define REACH(a, b) (up[a] && up[b] && !(cut >> LINK(a, b) & 1))

#define ELECTION  0 /* it came up, and asks */
#define SECONDARY 1
#define ASKING    2 /* a secondary whose primary is gone: it asks, too */
#define PRIMARY   3

bool up[N];
byte cut; /* bits: links that are cut */
byte role[N], follows[N];
byte keys[N]; /* TEKs that it knows, and so whose keys it has taken up */
bool shared[N]; /* it has had the keys of the one that it follows */
byte seq[N]; /* the last number under the KEK, as far as it knows */
byte heard[N]; /* bits: who has answered since it asks */
byte live[N];  /* bits: and had keys then */
byte passed[N]; /* bits: who should have become primary, and did not */
byte was[N];   /* bits: who was primary, in its reach, when it began to ask */

bool begun; /* somebody has made the first keys */
byte rekeys;
byte last[N];	     /* the last number that it sent */
byte told[REKEYS]; /* with which number a TEK was sent */

/* Its questions go out: nobody has answered. */
inline ask(i, as)
{
	role[i] = as;
	heard[i] = 0;
	live[i] = 0;
	passed[i] = 0;
	was[i] = 0;
	k = 0;
	do
	:: k < N ->
		if
		:: k != i && REACH(i, k) && role[k] == PRIMARY ->
			was[i] = was[i] | BIT(k)
		:: else
		fi;
		k++
	:: else -> break
	od
}

inline forget(j)
{
	k = 0;
	do
	:: k < N -> was[k] = was[k] & ~BIT(j); k++
	:: else -> break
	od
}

inline follow(i, j)
{
	if
	:: role[i] == PRIMARY -> forget(i)
	:: else
	fi;
	role[i] = SECONDARY;
	follows[i] = j;
	shared[i] = false;
	heard[i] = 0;
	live[i] = 0;
	passed[i] = 0;
	was[i] = 0
}

/* Rule: who has keys goes first, then the priority. */
#define BETTER(i, j) (REACH(i, j) && !(passed[i] >> (j) & 1) && \
	((live[i] >> (j) & 1) && keys[i] == 0 || \
	 ((live[i] >> (j) & 1) == (keys[i] != 0)) && PRIO(j) > PRIO(i)))
#define ANSWERED(i, j) (!REACH(i, j) || (heard[i] >> (j) & 1))
/* Somebody in reach follows a primary that we do not hear. */
#define GOSSIP(i, j, p) (p != i && REACH(i, j) && role[j] == SECONDARY && \
			 follows[j] == p && REACH(j, p) && role[p] == PRIMARY)

/* i's number jumps: what its followers know of it is too old to count on, until
 * they have heard of it. */
inline unshare(i)
{
	k = 0;
	do
	:: k < N ->
		shared[k] = shared[k] && follows[k] != i;
		k++
	:: else -> break
	od
}

inline become_primary(i)
{
	assert(was[i] == 0); /* no preemption */
#ifndef REUSE_SEQ
	seq[i] = seq[i] + JUMP;
#endif
	/* Members of the one before have its numbers, also the untold ones. */
	assert(!shared[i] || seq[i] >= last[follows[i]]);
	shared[i] = false;
	unshare(i);
	role[i] = PRIMARY;
	follows[i] = NOBODY;
	heard[i] = 0;
	live[i] = 0;
	passed[i] = 0
}

/* coop_role.c, elect(): all in reach have answered, and none is primary. */
inline decide(i, a, b)
{
	if
	:: GOSSIP(i, a, b) -> follow(i, b)
	:: GOSSIP(i, b, a) -> follow(i, a)
	:: else -> become_primary(i)
	fi
}

#define HAS_ASKED(i, a, b) ((role[i] == ELECTION || role[i] == ASKING) && \
	ANSWERED(i, a) && ANSWERED(i, b))
#define MAY_DECIDE(i, a, b) (HAS_ASKED(i, a, b) && \
	(GOSSIP(i, a, b) || GOSSIP(i, b, a) || !BETTER(i, a) && !BETTER(i, b)))
/* nobody_came(): the best one is waited for only so long. */
#define MAY_PASS(i, a, b) (HAS_ASKED(i, a, b) && \
	!GOSSIP(i, a, b) && !GOSSIP(i, b, a) && (BETTER(i, a) || BETTER(i, b)))

/* --- an announcement of j is heard --------------------------------------- */

#ifdef PREEMPT
#define YIELDS(i, j) (PRIO(j) > PRIO(i))
#else
#define YIELDS(i, j) true
#endif

#define ANSWERS(i, j) ((role[i] == ELECTION || role[i] == ASKING) && \
	!(heard[i] >> (j) & 1) && !(role[j] == PRIMARY && YIELDS(i, j)))
#define IS_FOLLOWED(i, j) (role[j] == PRIMARY && \
	((role[i] == ELECTION || role[i] == ASKING) && YIELDS(i, j) || \
	 role[i] == PRIMARY && PRIO(j) > PRIO(i)))
#define HAS_RESIGNED(i, j) (role[i] == SECONDARY && follows[i] == j && \
	role[j] != PRIMARY)
/* coop_keys.c: a primary takes up what it has not, a secondary all of its
 * primary's, but never so that a key is lost. */
#define MERGES(i, j) (role[i] == PRIMARY && (keys[j] & ~keys[i]))
#ifdef FORGET_KEYS
#define COVERS(j, i) true
#else
#define COVERS(j, i) ((keys[i] & ~keys[j]) == 0)
#endif
#define ADOPTS(i, j) (role[i] == SECONDARY && follows[i] == j && \
	role[j] == PRIMARY && COVERS(j, i) && \
	(keys[i] != keys[j] || seq[i] < seq[j]))

#define HEARS(i, j) (REACH(i, j) && (ANSWERS(i, j) || IS_FOLLOWED(i, j) || \
	HAS_RESIGNED(i, j) || MERGES(i, j) || ADOPTS(i, j)))

inline hear(i, j)
{
	if
	:: IS_FOLLOWED(i, j) -> follow(i, j)
	:: else ->
		if
		:: HAS_RESIGNED(i, j) -> ask(i, ASKING)
		:: else
		fi;
		if
		:: ANSWERS(i, j) ->
			heard[i] = heard[i] | BIT(j);
			live[i] = live[i] | ((keys[j] != 0) << j)
		:: else
		fi
	fi;
	if
	:: MERGES(i, j) ->
		if
		:: seq[j] >= seq[i] -> seq[i] = seq[j] + 1
		:: else
		fi;
		keys[i] = keys[i] | keys[j];
		unshare(i)
	:: ADOPTS(i, j) ->
		assert((keys[i] & ~keys[j]) == 0); /* no TEK is lost */
		keys[i] = keys[j];
		shared[i] = true;
		if
		:: seq[i] < seq[j] -> seq[i] = seq[j]
		:: else
		fi
	:: else
	fi
}

/* A PUSH with a new TEK. */
inline rekey(i)
{
	seq[i]++;
	/* Members that have one of its TEKs take what comes now. */
	k = 0;
	do
	:: k < REKEYS ->
		assert(!(keys[i] >> k & 1) || told[k] < seq[i]);
		k++
	:: else -> break
	od;
	last[i] = seq[i];
	told[rekeys] = seq[i];
	keys[i] = keys[i] | BIT(rekeys);
	rekeys++
}

proctype key_server(byte me, a, b)
{
	byte k;

end:	do
	:: atomic { HEARS(me, a) -> hear(me, a); k = 0 }
	:: atomic { HEARS(me, b) -> hear(me, b); k = 0 }
	/* Silence of the one that is followed, or nobody tells of it. */
	:: atomic {
		up[me] && role[me] == SECONDARY && !REACH(me, follows[me]) &&
		!GOSSIP(me, a, follows[me]) && !GOSSIP(me, b, follows[me]) ->
		ask(me, ASKING); k = 0
	   }
	:: atomic { up[me] && MAY_DECIDE(me, a, b) -> decide(me, a, b); k = 0 }
	:: atomic {
		up[me] && MAY_PASS(me, a, b) ->
		passed[me] = passed[me] | (BETTER(me, a) << a) | (BETTER(me, b) << b)
	   }
	:: atomic {
		/* A group from nothing: members register. */
		up[me] && role[me] == PRIMARY && keys[me] == 0 && !begun ->
		begun = true; seq[me] = 0; keys[me] = BIT(REKEYS)
	   }
	:: atomic {
		up[me] && role[me] == PRIMARY && keys[me] && rekeys < REKEYS ->
		rekey(me); k = 0
	   }
	od
}

/* --- the world -------------------------------------------------------------- */

inline come_up(i)
{
	up[i] = true;
	ask(i, ELECTION);
	follows[i] = NOBODY
}

inline crash(i)
{
	up[i] = false;
	forget(i);
	role[i] = ELECTION;
	follows[i] = NOBODY;
	shared[i] = false;
	keys[i] = 0;
	seq[i] = 0;
	heard[i] = 0;
	live[i] = 0;
	passed[i] = 0;
	was[i] = 0
}

/* What one knew of the other when the link went does not count. */
inline part(i, j)
{
	cut = cut | BIT(LINK(i, j));
	was[i] = was[i] & ~BIT(j);
	was[j] = was[j] & ~BIT(i)
}

#define SETTLED(p, x, y) (role[p] == PRIMARY && \
	role[x] == SECONDARY && follows[x] == p && keys[x] == keys[p] && \
	role[y] == SECONDARY && follows[y] == p && keys[y] == keys[p])

init
{
	byte k, cuts, crashes;

	atomic {
		come_up(0); come_up(1); come_up(2);
		run key_server(0, 1, 2);
		run key_server(1, 0, 2);
		run key_server(2, 0, 1)
	}
	do
	:: atomic { cuts < CUTS && !(cut & BIT(LINK(0, 1))) -> part(0, 1); cuts++ }
	:: atomic { cuts < CUTS && !(cut & BIT(LINK(0, 2))) -> part(0, 2); cuts++ }
	:: atomic { cuts < CUTS && !(cut & BIT(LINK(1, 2))) -> part(1, 2); cuts++ }
	:: atomic { cut -> cut = 0 }
	:: atomic { crashes < CRASHES && up[0] -> crash(0); crashes++; k = 0 }
	:: atomic { crashes < CRASHES && up[1] -> crash(1); crashes++; k = 0 }
	:: atomic { crashes < CRASHES && up[2] -> crash(2); crashes++; k = 0 }
	:: atomic { !up[0] -> come_up(0); k = 0 }
	:: atomic { !up[1] -> come_up(1); k = 0 }
	:: atomic { !up[2] -> come_up(2); k = 0 }
	:: break
	od;
	atomic {
		cut = 0;
		if :: !up[0] -> come_up(0) :: else fi;
		if :: !up[1] -> come_up(1) :: else fi;
		if :: !up[2] -> come_up(2) :: else fi;
		k = 0
	}
	/* Nobody can do anything any more. */
	timeout;
	assert(SETTLED(0, 1, 2) || SETTLED(1, 0, 2) || SETTLED(2, 0, 1));
end:	false
}
