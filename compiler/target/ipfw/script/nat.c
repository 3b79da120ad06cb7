/*
 * The part of the script for NAT.  One that has not changed is left alone,
 * since its conversations depend on it.
 */
#include "target/ipfw/script/private.h"

static const char natd_by_file[] =
    "natd_number() { cat \"$run/natd.$1.pid\" 2>/dev/null; }\n"
    "\n";

static const char natd_by_port[] =
    "# This natd has one file for the numbers of all, so look for its words.\n"
    "natd_number() {\n"
    "\tps -axww -o pid= -o command= | awk -v port=\"$1\" '\n"
    "\t$2 ~ /natd$/ && index($0, \" -port \" port \" -use_sockets \") {\n"
    "\t\tprint $1\n"
    "\t\texit\n"
    "\t}'\n"
    "}\n"
    "\n";

static const char natd_stop[] =
    "# A natd is known by its divert port.  Its process number, in $pid, may\n"
    "# be another's by now.\n"
    "natd_runs() {\n"
    "\tpid=$(natd_number \"$1\")\n"
    "\tcase $pid in '' | *[!0-9]*) return 1 ;; esac\n"
    "\tcase $(ps -p \"$pid\" -o stat= -o comm=) in\n"
    "\tZ*) return 1 ;;\n"
    "\t*natd*) ;;\n"
    "\t*) return 1 ;;\n"
    "\tesac\n"
    "}\n"
    "\n"
    "natd_is_gone() { ! natd_runs \"$1\"; }\n"
    "\n"
    "# Wait for a command to be true, five seconds if sleep knows parts.\n"
    "wait_for() {\n"
    "\ttries=50\n"
    "\tuntil \"$@\"; do\n"
    "\t\ttries=$((tries - 1))\n"
    "\t\t[ $tries -gt 0 ] || return 1\n"
    "\t\tsleep 0.1 2>/dev/null || sleep 1\n"
    "\tdone\n"
    "}\n"
    "\n"
    "# Asked kindly, natd takes ten seconds to end.\n"
    "stop_natd() {\n"
    "\t! natd_runs \"$1\" || kill -KILL \"$pid\"\n"
    "\twait_for natd_is_gone \"$1\" || return 1\n"
    "\trm -f \"$run/natd.$1\" \"$run/natd.$1.pid\"\n"
    "}\n"
    "\n"
    "stop_other_natds() {\n"
    "\tfor file in \"$run\"/natd.*[0-9]; do\n"
    "\t\tport=${file##*/natd.}\n"
    "\t\tcase \" $nats \" in *\" $port \"*) continue ;; esac\n"
    "\t\tnatd_runs \"$port\" || continue\n"
    "\t\tbegin \"stop natd on divert port $port\" || continue\n"
    "\t\tstop_natd \"$port\" || say 'it does not end'\n"
    "\tdone\n"
    "}\n"
    "\n";

static const char natd_start[] =
    "start_natd() {\n"
    "\tport=$1 words=$2\n"
    "\tset --\n"
    "\tfor word in $words; do set -- \"$@\" \"$word\"; done\n";

static const char natd_pid_file[] =
    "\tset -- \"$@\" -pid_file \"$run/natd.$port.pid\"\n";

static const char natd[] =
    "\tnatd \"$@\" </dev/null || return 1\n"
    "\twait_for natd_runs \"$port\" || return 1\n"
    "\techo \"$words\" >\"$run/natd.$port\"\n"
    "}\n"
    "\n"
    "restore_natd() {\n"
    "\tstop_natd \"$1\" || return 1\n"
    "\t[ -z \"$2\" ] || start_natd \"$1\" \"$2\"\n"
    "}\n"
    "\n"
    "ensure_nat() {\n"
    "\twords=$(nat_words \"$1\") was=$(cat \"$run/natd.$1\" 2>/dev/null)\n"
    "\tstep=\"start natd on divert port $1\"\n"
    "\tif ! natd_runs \"$1\"; then\n"
    "\t\twas=''\n"
    "\telif [ \"$was\" = \"$words\" ]; then\n"
    "\t\treturn 0\n"
    "\telse\n"
    "\t\tstep=\"$step anew, which ends its conversations\"\n"
    "\tfi\n"
    "\tbegin \"$step\" || return 0\n"
    "\tnote natd \"$1\" \"$was\"\n"
    "\tstop_natd \"$1\" || fail 'the one that runs does not end'\n"
    "\tstart_natd \"$1\" \"$words\" || fail 'it does not run'\n"
    "}\n"
    "\n";

static const char nat_kernel[] =
    "nat_words() { rules | sed -n \"s/^nat $1 config //p\"; }\n"
    "\n"
    "# The words of NAT instance $1 as ipfw shows them.\n"
    "nat_shown() {\n"
    "\tipfw nat show config >\"$work/nats\" || return 1\n"
    "\tsed -n \"s/^ipfw nat $1 config //p\" \"$work/nats\"\n"
    "}\n"
    "\n"
    "config_nat() {\n"
    "\tid=$1 words=$2\n"
    "\tset --\n"
    "\tfor word in $words; do set -- \"$@\" \"$word\"; done\n"
    "\tipfw -q nat \"$id\" config \"$@\"\n"
    "}\n"
    "\n"
    "restore_nat() {\n"
    "\tshown=$(nat_shown \"$1\") || return 1\n"
    "\t[ \"$shown\" != \"$2\" ] || return 0\n"
    "\tif [ \"$2\" ]; then\n"
    "\t\tconfig_nat \"$1\" \"$2\"\n"
    "\telse\n"
    "\t\tipfw -q nat \"$1\" delete\n"
    "\tfi\n"
    "}\n"
    "\n"
    "# An instance is configured only if its words changed.\n"
    "ensure_nat() {\n"
    "\tstep=\"look at NAT instance $1\"\n"
    "\twords=$(nat_words \"$1\") mine=$(cat \"$run/nat.$1\" 2>/dev/null)\n"
    "\tshown=$(nat_shown \"$1\") || [ \"$dry\" ] || fail 'ipfw cannot'\n"
    "\t[ \"$mine\" != \"$words = $shown\" ] || return 0\n"
    "\tif [ \"$shown\" ] && [ -z \"$mine$take\" ]; then\n"
    "\t\tfail 'it is not ours; --take-over takes it'\n"
    "\tfi\n"
    "\tbegin \"configure NAT instance $1: $words\" || return 0\n"
    "\tnote nat \"$1\" \"$shown\"\n"
    "\tconfig_nat \"$1\" \"$words\" || fail 'ipfw refuses'\n"
    "\tshown=$(nat_shown \"$1\") || fail 'ipfw cannot show it'\n"
    "\t[ \"$shown\" ] || fail 'it is not there'\n"
    "\techo \"$words = $shown\" >\"$run/nat.$1\" || fail 'no record'\n"
    "}\n"
    "\n";

const struct script_part script_nat[] = {
    {SCRIPT_PID_FILE, natd_by_file},
    {SCRIPT_NO_PID_FILE, natd_by_port},
    {SCRIPT_ALWAYS, natd_stop},
    {SCRIPT_NATD, natd_start},
    {SCRIPT_NATD | SCRIPT_PID_FILE, natd_pid_file},
    {SCRIPT_NATD, natd},
    {SCRIPT_NAT_KERNEL, nat_kernel},
    {SCRIPT_ALWAYS, NULL},
};
