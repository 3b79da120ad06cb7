/*
 * The names of sysctl(8) that ipfw has, and those that who loads rules for a
 * gateway sets.
 */
#include <string.h>

#include "eval/emu/machine.h"

#define FW "net.inet.ip.fw."

static const char *const names[] = {
    FW "enable",
    "net.inet6.ip6.fw.enable",
    FW "one_pass",
    FW "autoinc_step",
    FW "verbose",
    FW "debug",
    FW "dyn_buckets",
    FW "dyn_max",
    FW "dyn_ack_lifetime",
    FW "dyn_syn_lifetime",
    FW "dyn_fin_lifetime",
    FW "dyn_rst_lifetime",
    FW "dyn_udp_lifetime",
    FW "dyn_short_lifetime",
    FW "dyn_keepalive",
    FW "dyn_keep_states",
    FW "dyn_count",
    FW "static_count",
    "net.inet.ip.forwarding",
    "net.inet6.ip6.forwarding",
    "net.inet.tcp.tso",
};

const char *
machine_sysctl_name(size_t i)
{
	return i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL;
}

/* Where a value of 32 bits is kept, or NULL. */
static uint32_t *
word_of(struct machine *machine, const char *name)
{
	struct ipfw_settings *settings = ipfw_engine_settings(machine->engine);
	const struct {
		const char *name;
		uint32_t *word;
	} words[] = {
	    {FW "autoinc_step", &settings->number_step},
	    {FW "verbose", &machine->verbose},
	    {FW "debug", &machine->debug},
	    {FW "dyn_buckets", &machine->buckets},
	    {FW "dyn_max", &settings->states_max},
	    {FW "dyn_ack_lifetime", &settings->ack_lifetime},
	    {FW "dyn_syn_lifetime", &settings->syn_lifetime},
	    {FW "dyn_fin_lifetime", &settings->fin_lifetime},
	    {FW "dyn_rst_lifetime", &settings->rst_lifetime},
	    {FW "dyn_udp_lifetime", &settings->udp_lifetime},
	    {FW "dyn_short_lifetime", &settings->short_lifetime},
	    {"net.inet.ip.forwarding", &machine->forwards4},
	    {"net.inet6.ip6.forwarding", &machine->forwards6},
	    {"net.inet.tcp.tso", &machine->tso},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, name) == 0)
			return words[i].word;
	return NULL;
}

static bool *
switch_of(struct machine *machine, const char *name)
{
	struct ipfw_settings *settings = ipfw_engine_settings(machine->engine);

	if (strcmp(name, FW "enable") == 0)
		return &machine->enabled4;
	if (strcmp(name, "net.inet6.ip6.fw.enable") == 0)
		return &machine->enabled6;
	if (strcmp(name, FW "one_pass") == 0)
		return &settings->one_pass;
	if (strcmp(name, FW "dyn_keepalive") == 0)
		return &settings->keepalive;
	if (strcmp(name, FW "dyn_keep_states") == 0)
		return &settings->keep_states;
	return NULL;
}

bool
machine_sysctl_read(struct machine *machine, const char *name, uint32_t *value)
{
	const uint32_t *word = word_of(machine, name);
	const bool *flag = switch_of(machine, name);

	if (word != NULL)
		*value = *word;
	else if (flag != NULL)
		*value = *flag;
	else if (strcmp(name, FW "dyn_count") == 0)
		*value = (uint32_t)ipfw_engine_n_states(machine->engine);
	else if (strcmp(name, FW "static_count") == 0)
		*value = (uint32_t)ipfw_engine_n_rules(machine->engine);
	else
		return false;
	return true;
}

bool
machine_sysctl_write(struct machine *machine, const char *name, uint32_t value)
{
	uint32_t *word = word_of(machine, name), ignored;
	bool *flag = switch_of(machine, name);

	if (word != NULL)
		*word = value;
	else if (flag != NULL)
		*flag = value != 0;
	else
		return machine_sysctl_read(machine, name, &ignored);
	return true;
}
