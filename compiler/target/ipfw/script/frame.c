/*
 * The last part of the script: the switch, and the order of the steps.
 */
#include "target/ipfw/script/private.h"

static const char switch_sets[] =
    "switch_sets() {\n"
    "\tleave=$taken back=\"switch $new\"\n"
    "\tfor n in $old; do\n"
    "\t\t[ \"$n\" = \"$new\" ] || leave=\"$leave $n\"\n"
    "\tdone\n"
    "\tif is_enabled \"$new\"; then\n"
    "\t\t[ \"$leave\" ] || return 0\n"
    "\t\tback=enable\n"
    "\tfi\n"
    "\tbegin \"enable set $new${leave:+, disable$leave}\" || return 0\n"
    "\tnote \"$back$leave\"\n"
    "\tchange_sets \"$leave\" \"$new\" || fail 'the kernel refuses'\n"
    "}\n"
    "\n";

static const char prepare[] =
    "# Only the tests of this script bring their own commands.\n"
    "prepare() {\n"
    "\tPATH=/sbin:/bin:/usr/sbin:/usr/bin LC_ALL=C\n"
    "\tumask 077\n"
    "\tunset IFS\n"
    "\tstep=begin work='' root='' dry='' take='' changed=''\n"
    "\tif [ \"$1\" = --test-commands ]; then\n"
    "\t\troot=$2 PATH=$2:/bin:/usr/bin\n"
    "\t\tshift 2\n"
    "\telif [ \"$(id -u)\" -ne 0 ]; then\n"
    "\t\tfail 'only root may do this'\n"
    "\tfi\n"
    "\texport PATH LC_ALL\n"
    "\tfor word; do\n"
    "\t\tcase $word in\n"
    "\t\t-n) dry=yes ;;\n"
    "\t\t--take-over) take=yes ;;\n"
    "\t\t'' | UNKNOWN) ;; # firewall_type of rc.conf(5)\n"
    "\t\t*) say \"there are -n and --take-over, not $word\" && exit 2 ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tfor word in $needed; do\n"
    "\t\tcommand -v \"$word\" >/dev/null || fail \"there is no $word\"\n"
    "\tdone\n"
    "\trun=$root/var/run/akin\n";

static const char prepare_text[] = "\tkept=$root/var/db/akin\n";

static const char prepare_end[] =
    "\tmkdir -p \"$run\" || fail \"there is no $run\"\n"
    "}\n"
    "\n";

static const char lock[] =
    "# One run at a time.  What an interrupted one left is taken back.\n"
    "take_lock() {\n"
    "\tstep='lock out other runs' lock=$root/var/run/akin.lock.d\n"
    "\ttrap '' HUP PIPE\n"
    "\tif ! mkdir \"$lock\" 2>/dev/null; then\n"
    "\t\tpid=$(cat \"$lock/pid\" 2>/dev/null)\n"
    "\t\tif [ -z \"$pid\" ] || kill -0 \"$pid\" 2>/dev/null; then\n"
    "\t\t\tfail \"one is at it, or has left $lock\"\n"
    "\t\tfi\n"
    "\t\t[ -z \"$dry\" ] || fail 'one was interrupted: run without -n'\n"
    "\t\tmv \"$lock/pid\" \"$lock/left\" || fail 'another was faster'\n"
    "\tfi\n"
    "\twork=$lock\n"
    "\techo $$ >\"$work/pid\" || fail \"$work cannot be written\"\n"
    "\ttrap 'fail interrupted' INT TERM\n"
    "\t[ ! -f \"$work/undo\" ] || say 'the last run was interrupted'\n"
    "\ttake_back\n"
    "}\n"
    "\n";

static const char main[] = "akin_main() {\n"
			   "\tprepare \"$@\"\n"
			   "\ttake_lock\n"
			   "\tcheck_ipfw\n"
			   "\tstep='list the rules'\n"
			   "\tlook || fail 'ipfw cannot'\n"
			   "\tfind_former\n"
			   "\tchoose_set\n"
			   "\tcheck_others\n"
			   "\tsettings_before\n"
			   "\tload_rules\n";

static const char main_lifeline[] = "\tadd_lifeline\n";

static const char main_nat[] =
    "\tfor nat in $nats; do ensure_nat \"$nat\"; done\n";

static const char main_end[] =
    "\tswitch_sets\n"
    "\tsettings_after\n"
    "\tdrop_former\n"
    "\t# From here on there is no way back.\n"
    "\t[ ! -f \"$work/undo\" ] || cat \"$work/undo\" >>\"$run/history\"\n"
    "\trm -f \"$work/undo\"\n"
    "\tstop_other_natds\n"
    "\trm -rf \"$work\"\n"
    "\tif [ -z \"$changed\" ]; then\n"
    "\t\techo \"set $new is in force: nothing to do\"\n"
    "\telif [ -z \"$dry\" ]; then\n"
    "\t\techo \"set $new is in force${leave:+; disabled:$leave}\"\n"
    "\tfi\n"
    "}\n"
    "\n"
    "{ akin_main \"$@\"; }\n";

const struct script_part script_main[] = {
    {SCRIPT_ALWAYS, switch_sets},
    {SCRIPT_ALWAYS, prepare},
    {SCRIPT_TEXT, prepare_text},
    {SCRIPT_ALWAYS, prepare_end},
    {SCRIPT_ALWAYS, lock},
    {SCRIPT_ALWAYS, main},
    {SCRIPT_LIFELINE, main_lifeline},
    {SCRIPT_NAT, main_nat},
    {SCRIPT_ALWAYS, main_end},
    {SCRIPT_ALWAYS, NULL},
};
