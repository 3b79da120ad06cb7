/*
 * The part of the script that knows sets: what is loaded, by whom, and which
 * set is to be in force.
 */
#include "target/ipfw/script/private.h"

static const char look[] =
    "# List the rules of all sets, as \"SET NUMBER TEXT\", to $work/list, and\n"
    "# the enabled sets, each between spaces, to $enabled.\n"
    "look() {\n"
    "\tipfw -S list >\"$work/raw\" || return 1\n"
    "\tipfw set show >\"$work/sets\" || return 1\n"
    "\tsed 's/^# DISABLED //' \"$work/raw\" | awk '$2 == \"set\" {\n"
    "\t\thead = $3 \" \" $1 + 0\n"
    "\t\t$1 = $2 = $3 = \"\"\n"
    "\t\tsub(/^ */, \" \")\n"
    "\t\tprint head $0\n"
    "\t}' >\"$work/list\" || return 1\n"
    "\tenabled=$(awk '{\n"
    "\t\tfor (i = 1; i <= NF; i++)\n"
    "\t\t\tif ($i ~ /able$/) on = $i == \"enable\"\n"
    "\t\t\telse if (on) list = list \" \" $i\n"
    "\t}\n"
    "\tEND { print list \" \" }' \"$work/sets\")\n"
    "}\n"
    "\n"
    "is_enabled() { case $enabled in *\" $1 \"*) ;; *) return 1 ;; esac; }\n"
    "\n"
    "# Disable the sets $1 and enable the sets $2 by one command: no packet\n"
    "# sees half of it.  ipfw does not tell if the kernel refuses.\n"
    "change_sets() {\n"
    "\toff=$1 on=$2\n"
    "\tset --\n"
    "\tfor n in $off; do set -- \"$@\" disable \"$n\"; done\n"
    "\tfor n in $on; do set -- \"$@\" enable \"$n\"; done\n"
    "\tipfw -q set \"$@\" || return 1\n"
    "\tlook || return 1\n"
    "\tfor n in $off; do ! is_enabled \"$n\" || return 1; done\n"
    "\tfor n in $on; do is_enabled \"$n\" || return 1; done\n"
    "}\n"
    "\n"
    "# Delete set $1.  For ipfw \"delete set 32\" is set 0, \"delete 0\" is\n"
    "# everything: no such number gets there, and no enabled set.\n"
    "delete_set() {\n"
    "\tcase $1 in 1[0-9] | 2[0-9]) ;; *) return 1 ;; esac\n"
    "\tlook || return 1\n"
    "\tif grep -q \"^$1 \" \"$work/list\"; then\n"
    "\t\t! is_enabled \"$1\" || return 1\n"
    "\t\tipfw -q delete set \"$1\"\n"
    "\t\tlook || return 1\n"
    "\t\t! grep -q \"^$1 \" \"$work/list\" || return 1\n"
    "\tfi\n";

static const char delete_tables[] = "\tdrop_tables \"$1\" || return 1\n";

static const char delete_text[] = "\trm -f \"$kept/set.$1\"\n";

static const char delete_end[] = "}\n"
				 "\n";

static const char generations_signed[] =
    "# The sets 10 to 29 that akin loaded, as \"SET DIGEST\".\n"
    "generations() {\n"
    "\tawk '$1 >= 10 && $1 <= 29 && $2 == 50100 &&\n"
    "\t    / \\/\\/ akin [0-9a-f]+$/ { print $1, $NF }' \"$work/list\"\n"
    "}\n"
    "\n";

static const char generations_kept[] =
    "# The sets 10 to 29 that akin loaded, as \"SET DIGEST\".  There are no\n"
    "# comments to know them by, so their text is kept.\n"
    "generations() {\n"
    "\tn=10\n"
    "\twhile [ $n -le 29 ]; do\n"
    "\t\tif [ -f \"$kept/set.$n\" ] &&\n"
    "\t\t    [ \"$(sed 1d \"$kept/set.$n\")\" = \\\n"
    "\t\t    \"$(grep \"^$n \" \"$work/list\")\" ]; then\n"
    "\t\t\techo \"$n $(sed 1q \"$kept/set.$n\")\"\n"
    "\t\tfi\n"
    "\t\tn=$((n + 1))\n"
    "\tdone\n"
    "}\n"
    "\n";

static const char tables[] =
    "# The tables of set $1, and those that are wanted, as \"NAME ENTRIES\".\n"
    "tables_held() {\n"
    "\tipfw table all list >\"$work/tables\" || return 1\n"
    "\tawk -v own=\"akin$1_\" '\n"
    "\t/^--- table/ {\n"
    "\t\tsplit($0, part, /[()]/)\n"
    "\t\tname = index(part[2], own) == 1 ? part[2] : \"\"\n"
    "\t\tif (sub(own, \"akin_\", name))\n"
    "\t\t\tn[name] = 0\n"
    "\t\tnext\n"
    "\t}\n"
    "\tname != \"\" { n[name]++ }\n"
    "\tEND { for (name in n) print name, n[name] }' \"$work/tables\" | sort\n"
    "}\n"
    "\n"
    "tables_wanted() {\n"
    "\trules | awk '\n"
    "\t$1 == \"table\" { n[$2] += $3 == \"add\" ? (NF - 3) / 2 : 0 }\n"
    "\tEND { for (name in n) print name, n[name] }' | sort\n"
    "}\n"
    "\n"
    "drop_tables() {\n"
    "\theld=$(tables_held \"$1\") || return 1\n"
    "\tfor name in $(echo \"$held\" | sed 's/ .*//; s/^akin_//'); do\n"
    "\t\tipfw -q table \"akin$1_$name\" destroy || return 1\n"
    "\tdone\n"
    "}\n"
    "\n";

static const char holds[] =
    "# Number, action and its argument: what every ipfw lists alike.\n"
    "shape() {\n"
    "\tawk '{ print $1 + 0, $2,\n"
    "\t    $2 ~ /^(skipto|divert|nat|unreach)$/ ? $3 : \"\" }'\n"
    "}\n"
    "\n"
    "# Does set $1 hold these rules?\n"
    "holds_rules() {\n"
    "\trules | sed -n '/^add [0-9]* set /!s/^add //p' | shape >\"$work/a\"\n"
    "\tsed -n \"s/^$1 //p\" \"$work/list\" | shape >\"$work/b\"\n"
    "\tdifference=$(awk '\n"
    "\tFILENAME == ARGV[1] { want[++n] = $0; next }\n"
    "\t$0 != want[++m] && !text { text = $0 \" for \" want[m] }\n"
    "\tEND { print text ? text : m != n ? m + 0 \" rules for \" n : \"\" }\n"
    "\t' \"$work/a\" \"$work/b\")\n";

static const char holds_tables[] =
    "\t[ \"$(tables_wanted)\" = \"$(tables_held \"$1\")\" ] ||\n"
    "\t    difference=\"${difference:-other tables}\"\n";

static const char holds_end[] = "\t[ -z \"$difference\" ]\n"
				"}\n"
				"\n";

static const char states_by_set[] =
    "# How many live states rules of set $1 have made.\n"
    "count_states() {\n"
    "\tipfw -d set \"$1\" list >\"$work/states\" || return 1\n"
    "\tsed '1,/^## Dynamic/d' \"$work/states\" | awk 'END { print NR }'\n"
    "}\n"
    "\n";

static const char states_by_number[] =
    "# How many live states rules with the numbers of set $1 have made.\n"
    "count_states() {\n"
    "\tipfw -d list >\"$work/states\" || return 1\n"
    "\tawk -v set=\"$1\" '\n"
    "\tFILENAME == ARGV[1] { if ($1 == set) is[$2]; next }\n"
    "\ton && $1 + 0 in is { n++ }\n"
    "\t/^## Dynamic/ { on = 1 }\n"
    "\tEND { print n + 0 }' \"$work/list\" \"$work/states\"\n"
    "}\n"
    "\n";

static const char choose[] =
    "# The set to be in force: one that holds these rules already, else an\n"
    "# empty one, else the parked one that the fewest live states are from.\n"
    "choose_set() {\n"
    "\told='' parked='' new='' load='' least=''\n"
    "\tgenerations >\"$work/ours\"\n"
    "\twhile read -r n signed; do\n"
    "\t\tif is_enabled \"$n\"; then\n"
    "\t\t\told=\"$old $n\"\n"
    "\t\telse\n"
    "\t\t\tparked=\"$parked $n\"\n"
    "\t\tfi\n"
    "\t\t[ \"$signed\" = \"$digest\" ] || continue\n"
    "\t\tholds_rules \"$n\" || continue\n"
    "\t\tif [ -z \"$new\" ] || is_enabled \"$n\"; then new=$n; fi\n"
    "\tdone <\"$work/ours\"\n"
    "\t[ -z \"$new\" ] || return 0\n"
    "\tload=yes new=10\n"
    "\twhile grep -q \"^$new \" \"$work/list\"; do new=$((new + 1)); done\n"
    "\t[ $new -gt 29 ] || return 0\n"
    "\tfor n in $parked; do\n"
    "\t\tstates=$(count_states \"$n\") || fail 'ipfw lists no states'\n"
    "\t\tif [ -z \"$least\" ] || [ \"$states\" -lt \"$least\" ]; then\n"
    "\t\t\tleast=$states new=$n\n"
    "\t\tfi\n"
    "\tdone\n"
    "\t[ \"$least\" ] || fail 'sets 10 to 29 hold rules of others'\n"
    "}\n"
    "\n";

static const char foreign[] =
    "# Rules of others in enabled sets that could decide before ours.  Rule\n"
    "# 50100 allows all, so none behind it does.\n"
    "check_others() {\n"
    "\tstep='look for rules of others'\n"
    "\tawk -v enabled=\"$enabled\" -v old=\"$old \" -v former=\" $former \" '\n"
    "\t$2 > 50100 || index(old, \" \" $1 \" \") { next }\n"
    "\t$1 == 31 && index(former, \" \" $2 \" \") { next }\n"
    "\t$1 == 31 || index(enabled, \" \" $1 \" \")\n"
    "\t' \"$work/list\" >\"$work/others\"\n"
    "\ttaken=$(awk '!seen[$1]++ { list = list \" \" $1 }\n"
    "\t    END { print list }' \"$work/others\")\n"
    "\tcase \"$taken \" in\n"
    "\t' ') return 0 ;;\n"
    "\t*' 31 '*) advice='set 31 cannot be disabled: delete them' ;;\n"
    "\t*) [ -z \"$take\" ] || return 0\n"
    "\t\tadvice='--take-over disables their sets' ;;\n"
    "\tesac\n"
    "\tsay 'these rules could decide before those of the policy:'\n"
    "\tsed 's/^\\([0-9]*\\) /  set \\1: /' \"$work/others\" >&2\n"
    "\tfail \"$advice\"\n"
    "}\n"
    "\n";

const struct script_part script_sets[] = {
    {SCRIPT_ALWAYS, look},
    {SCRIPT_TABLES, delete_tables},
    {SCRIPT_TEXT, delete_text},
    {SCRIPT_ALWAYS, delete_end},
    {SCRIPT_SIGNED, generations_signed},
    {SCRIPT_TEXT, generations_kept},
    {SCRIPT_TABLES, tables},
    {SCRIPT_ALWAYS, holds},
    {SCRIPT_TABLES, holds_tables},
    {SCRIPT_ALWAYS, holds_end},
    {SCRIPT_BY_SET, states_by_set},
    {SCRIPT_BY_NUMBER, states_by_number},
    {SCRIPT_ALWAYS, choose},
    {SCRIPT_ALWAYS, foreign},
    {SCRIPT_ALWAYS, NULL},
};
