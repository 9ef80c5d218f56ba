/* SPDX-License-Identifier: ISC */
/*
 * Tests of --allow and --deny: which hosts a list contains, and which peers it
 * admits.
 */
#include "tests/lib/nc_lines.h"

#include <arpa/inet.h>
#include <unistd.h>

static void peer(struct addr *a, const char *text)
{
	memset(a, 0, sizeof(*a));
	if (strchr(text, ':')) {
		a->len = sizeof(a->u.in6);
		a->u.in6.sin6_family = AF_INET6;
		inet_pton(AF_INET6, text, &a->u.in6.sin6_addr);
	} else {
		a->len = sizeof(a->u.in);
		a->u.in.sin_family = AF_INET;
		inet_pton(AF_INET, text, &a->u.in.sin_addr);
	}
}

static bool admits(const char *text)
{
	struct addr a;

	peer(&a, text);
	assert_non_null(parsed.pipe.guard);
	return parsed.pipe.guard->admits(parsed.pipe.guard, &a);
}

static void listed_hosts_are_admitted(void **state)
{
	(void)state;
	assert_int_equal(NCAT("-l", "--allow", "10.0.0.0/8,192.168.0-3.*,::1"),
			 0);
	assert_true(admits("10.255.0.1"));
	assert_true(admits("::ffff:10.1.2.3"));
	assert_true(admits("192.168.3.9"));
	assert_true(admits("::1"));
	assert_false(admits("11.0.0.0"));
	assert_false(admits("192.168.4.1"));
	assert_false(admits("::2"));
	assert_int_equal(NCAT("-l", "--deny", "10.1.2.3", "--deny", "fe80::/10",
			      "--deny", "172.16.0.0/12"),
			 0);
	assert_false(admits("10.1.2.3"));
	assert_true(admits("10.1.2.4"));
	assert_false(admits("febf::1"));
	assert_true(admits("fec0::1"));
	assert_false(admits("172.31.255.255"));
	assert_true(admits("172.32.0.0"));
	/* With both options a peer must be in --allow and not in --deny. */
	assert_int_equal(
	    NCAT("-l", "--allow", "10.0.0.0/24", "--deny", "10.0.0.-9"), 0);
	assert_false(admits("10.0.0.9"));
	assert_true(admits("10.0.0.10"));
	assert_false(admits("10.0.1.10"));
	assert_int_equal(NCAT("-l", "--allow", "localhost"), 0);
	assert_true(admits("127.0.0.1"));
	/* An empty --allow rejects all peers; an empty --deny rejects none. */
	assert_int_equal(NCAT("-l", "--allow", ","), 0);
	assert_false(admits("127.0.0.1"));
	assert_int_equal(NCAT("-l", "--allowfile", "/dev/null"), 0);
	assert_false(admits("127.0.0.1") || admits("::1"));
	assert_int_equal(NCAT("-l", "--denyfile", "/dev/null"), 0);
	assert_true(admits("127.0.0.1"));
	nc_lines_rejected(NCAT("-l", "--allow", "10.0.0.0/33"),
			  "Ncat: error in host");
	nc_lines_rejected(NCAT("-l", "--allow", "10.0.0.256"),
			  "Ncat: error in host");
	nc_lines_rejected(NCAT("-l", "--deny", "10/8"), "Ncat: error in host");
	nc_lines_rejected(NCAT("-l", "--deny", "127.1"), "Ncat: error in host");
	nc_lines_rejected(NCAT("-l", "--deny", "0x7f.0.0.1"),
			  "Ncat: error in host");
	nc_lines_rejected(NCAT("-l", "--allow", "10.0.0.9-1"),
			  "Ncat: error in host");
	nc_lines_rejected(NCAT("-l", "--allow", "::1/129"),
			  "Ncat: error in host");
	nc_lines_rejected(NCAT("-ln", "--allow", "localhost"),
			  "Ncat: error in host");
	nc_lines_rejected(NCAT("-l", "--denyfile", "/nonexistent"),
			  "Ncat: can't open");
}

static void a_mapped_address_matches_ipv4(void **state)
{
	static const struct {
		const char *hosts, *in, *out;
	} all[] = {
	    {"::ffff:127.0.0.1", "127.0.0.1", "127.0.0.2"},
	    {"::ffff:7f00:1", "::ffff:127.0.0.1", "::ffff:127.0.0.2"},
	    {"127.0.0.1", "::ffff:127.0.0.1", "::7f00:1"},
	    {"::FFFF:10.1.2.3/128", "10.1.2.3", "10.1.2.2"},
	    {"::ffff:10.1.2.3/120", "10.1.2.255", "10.1.3.0"},
	    {"::ffff:10.1.2.3/104", "::ffff:10.9.9.9", "11.1.2.3"},
	    {"::ffff:0:0/96", "255.1.2.3", "::1"},
	    {"::ffff:10.0.0.0/97", "127.255.0.0", "128.0.0.0"},
	    {"10.0.0.0/8", "::ffff:10.9.9.9", "::ffff:11.0.0.0"},
	    {"10.0-3.*.7", "::ffff:10.3.9.7", "::ffff:10.4.9.7"},
	    {"::/0", "::1", "::ffff:10.0.0.1"},
	    {"::fffe:10.0.0.1", "::fffe:a00:1", "10.0.0.1"},
	    {"::10.0.0.1", "::a00:1", "10.0.0.1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		assert_int_equal(NCAT("-l", "--deny", (char *)all[i].hosts), 0);
		if (admits(all[i].in) || !admits(all[i].out))
			fail_msg("--deny %s", all[i].hosts);
		assert_int_equal(NCAT("-l", "--allow", (char *)all[i].hosts),
				 0);
		if (!admits(all[i].in) || admits(all[i].out))
			fail_msg("--allow %s", all[i].hosts);
	}
	nc_lines_rejected(NCAT("-l", "--deny", "::ffff:10.0.0.1/95"),
			  "Ncat: error in host specification");
	nc_lines_rejected(NCAT("-l", "--deny", "::ffff:10.0.0.1/0"),
			  "Ncat: error in host specification");
}

static void a_file_lists_many_hosts(void **state)
{
	char path[] = "/tmp/rung-hosts-XXXXXX";
	int fd = mkstemp(path);
	static const char text[] = "# ours\n10.0.0.1 10.0.0.2\n\n"
				   "\t::1 # that one\r\n10.0.1.*# and all\n"
				   "10.0.2.1";

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(NCAT("-l", "--allowfile", path), 0);
	assert_true(admits("10.0.0.1") && admits("10.0.0.2"));
	assert_true(admits("::1") && admits("10.0.1.200"));
	assert_true(admits("10.0.2.1"));
	assert_false(admits("10.0.0.3"));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(listed_hosts_are_admitted),
	    cmocka_unit_test(a_mapped_address_matches_ipv4),
	    cmocka_unit_test(a_file_lists_many_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, nc_lines_teardown);
}
