/*
 * NAT in the words of ipfw(8) and of natd(8).
 *
 * Neither gets an option that refuses what it does not know (deny_in,
 * -deny_incoming): all that comes in passes the NAT, and services of this host
 * are no concern of it.  Ports are kept where they are free.
 */
#include <assert.h>

#include "target/ipfw/rules.h"
#include "target/ipfw/text/write.h"

typedef VEC(const char *) words;

static void
format_ports(struct buf *out, struct port_range ports)
{
	buf_printf(out, "%u", (unsigned)ports.lo);
	if (ports.hi != ports.lo)
		buf_printf(out, "-%u", (unsigned)ports.hi);
}

/* "192.0.2.1:22": where a redirected packet goes. */
static void
format_target(struct buf *out, const struct ipfw_redirect *redirect)
{
	addr_format(out, FAMILY_4, redirect->target);
	buf_putc(out, ':');
	format_ports(out, redirect->inside);
}

static const char *
protocol_name(const struct ipfw_redirect *redirect)
{
	const char *name = ipfw_protocol_name((unsigned)redirect->protocol);

	assert(name != NULL);
	return name;
}

void
ipfw_nat_config(struct buf *out, const struct ipfw_nat *nat)
{
	if (nat->words != NULL) {
		buf_puts(out, nat->words);
		return;
	}
	buf_printf(out, "if %s same_ports", nat->card);
	for (size_t i = 0; i < nat->redirects.n; i++) {
		const struct ipfw_redirect *redirect = &nat->redirects.v[i];

		buf_printf(out, " redirect_port %s ", protocol_name(redirect));
		format_target(out, redirect);
		buf_putc(out, ' ');
		format_ports(out, redirect->outside);
	}
}

bool
ipfw_nat_fits(struct arena *arena, const struct ipfw_nat *nat)
{
	struct buf line;

	if (!nat->kernel)
		return true;
	buf_init(&line, arena);
	buf_printf(&line, "nat %u config \n", (unsigned)nat->id);
	ipfw_nat_config(&line, nat);
	return line.n <= IPFW_LINE_MAX;
}

static void
add_redirect(
    struct arena *arena, words *list, const struct ipfw_redirect *redirect)
{
	struct buf target, outside;

	buf_init(&target, arena);
	buf_init(&outside, arena);
	format_target(&target, redirect);
	format_ports(&outside, redirect->outside);
	vec_push(arena, list, "-redirect_port");
	vec_push(arena, list, protocol_name(redirect));
	vec_push(arena, list, target.p);
	vec_push(arena, list, outside.p);
}

const char *const *
ipfw_natd_arguments(struct arena *arena, const struct ipfw_nat *nat)
{
	words list = {0};

	vec_push(arena, &list, "-interface");
	vec_push(arena, &list, nat->card);
	vec_push(arena, &list, "-port");
	vec_push(arena, &list, arena_printf(arena, "%u", (unsigned)nat->id));
	vec_push(arena, &list, "-use_sockets");
	vec_push(arena, &list, "-same_ports");
	vec_push(arena, &list, "-dynamic");
	for (size_t i = 0; i < nat->redirects.n; i++)
		add_redirect(arena, &list, &nat->redirects.v[i]);
	vec_push(arena, &list, NULL);
	return list.v;
}
