/*
 * The script's first part: telling, the journal by which a failed or
 * interrupted run is taken back, and the settings of the kernel.
 */
#include "target/ipfw/script/private.h"

static const char say[] =
    "say() { printf 'akin: %s\\n' \"$*\" >&2; }\n"
    "\n"
    "# Announce a step; with -n that is all.\n"
    "begin() {\n"
    "\tstep=$1 changed=yes\n"
    "\t[ \"$dry\" ] || return 0\n"
    "\techo \"$step\"\n"
    "\treturn 1\n"
    "}\n"
    "\n"
    "# Note how to take back the step that comes next.\n"
    "note() { echo \"$*\" >>\"$work/undo\" || fail 'no journal'; }\n"
    "\n"
    "# Take back what is noted, the last first.\n"
    "take_back() {\n"
    "\twhole=yes\n"
    "\t[ -f \"$work/undo\" ] || return 0\n"
    "\tsed '1!G;h;$!d' \"$work/undo\" >\"$work/back\"\n"
    "\twhile read -r what a b; do\n"
    "\t\tcase $what in\n";

static const char back_module[] =
    "\t\tmodule) ! kldstat -q -m \"$a\" || kldunload \"$a\" ;;\n";

static const char back_nat[] = "\t\tnat) restore_nat \"$a\" \"$b\" ;;\n";

static const char back_natd[] = "\t\tnatd) restore_natd \"$a\" \"$b\" ;;\n";

static const char back[] =
    "\t\tlifeline) delete_lifeline \"$a\" ;;\n"
    "\t\tformer) restore_lifeline \"$a\" ;;\n"
    "\t\tset) delete_set \"$a\" ;;\n"
    "\t\tswitch) change_sets \"$a\" \"$b\" ;;\n"
    "\t\tenable) change_sets '' \"$a $b\" ;;\n"
    "\t\tsysctl) sysctl -w \"$a=$b\" >/dev/null ;;\n"
    "\t\t*) false ;;\n"
    "\t\tesac || { say \"cannot take back: $what $a $b\" && whole=''; }\n"
    "\tdone <\"$work/back\"\n"
    "\t[ \"$whole\" ] && rm -f \"$work/undo\"\n"
    "}\n"
    "\n"
    "fail() {\n"
    "\ttrap '' INT TERM\n"
    "\tsay \"$step: $*\"\n"
    "\t[ \"$work\" ] || exit 3\n"
    "\tif take_back; then\n"
    "\t\tsay 'the firewall is as it was'\n"
    "\t\trm -rf \"$work\"\n"
    "\tfi\n"
    "\texit 3\n"
    "}\n"
    "\n";

static const char want[] =
    "# want exactly|least NAME VALUE: a sysctl.\n"
    "want() {\n"
    "\tstep=\"read $2\"\n"
    "\twas=$(sysctl -n \"$2\") || fail 'there is none'\n"
    "\tcase $was in '' | *[!0-9]*) fail \"it is $was\" ;; esac\n"
    "\t[ \"$was\" -ne \"$3\" ] || return 0\n"
    "\t[ \"$1\" = exactly ] || [ \"$was\" -lt \"$3\" ] || return 0\n"
    "\tbegin \"set $2 to $3, it is $was\" || return 0\n"
    "\tnote sysctl \"$2\" \"$was\"\n"
    "\tsysctl -w \"$2=$3\" >/dev/null || fail 'the kernel refuses'\n"
    "\t[ \"$(sysctl -n \"$2\")\" = \"$3\" ] || fail 'it did not change'\n"
    "}\n"
    "\n";

static const char modules[] =
    "need_module() {\n"
    "\t! kldstat -q -m \"$1\" || return 0\n"
    "\tbegin \"load module $1\" || return 0\n"
    "\tnote module \"$1\"\n"
    "\tkldload \"$1\" || fail 'the kernel refuses'\n"
    "}\n"
    "\n"
    "# ipfw itself is not loaded here, since that closes the host at once.\n"
    "check_ipfw() {\n"
    "\tstep='look for ipfw'\n"
    "\tkldstat -q -m ipfw || fail 'it is not loaded; let it begin open, with\n"
    "\tkenv net.inet.ip.fw.default_to_accept=1 && kldload ipfw'\n"
    "}\n"
    "\n";

static const char no_modules[] =
    "check_ipfw() {\n"
    "\tstep='look for ipfw'\n"
    "\tsysctl -n net.inet.ip.fw.enable >/dev/null || fail 'there is none'\n"
    "}\n"
    "\n";

const struct script_part script_journal[] = {
    {SCRIPT_ALWAYS, say},
    {SCRIPT_MODULES, back_module},
    {SCRIPT_NAT_KERNEL, back_nat},
    {SCRIPT_NATD, back_natd},
    {SCRIPT_ALWAYS, back},
    {SCRIPT_ALWAYS, want},
    {SCRIPT_MODULES, modules},
    {SCRIPT_NO_MODULES, no_modules},
    {SCRIPT_ALWAYS, NULL},
};
