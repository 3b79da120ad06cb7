/*
 * The part of the script that loads: the rules into a set that is disabled,
 * the lifeline into the one that cannot be.
 */
#include "target/ipfw/script/private.h"

static const char load[] =
    "name_tables() {\n"
    "\tsed -e \"s/^table akin_/table akin${new}_/\" \\\n"
    "\t    -e \"s/table(akin_/table(akin${new}_/g\" >\"$work/load\"\n"
    "}\n"
    "\n"
    "load_rules() {\n"
    "\t[ \"$load\" ] || return 0\n"
    "\tif [ \"$least\" ] &&\n"
    "\t    begin \"delete set $new, $least live states are from it\"; then\n"
    "\t\tdelete_set \"$new\" || fail 'it is still there'\n"
    "\tfi\n"
    "\tbegin \"load the rules into set $new\" || return 0\n"
    "\tnote set \"$new\"\n"
    "\tchange_sets \"$new\" '' || fail 'the set stays enabled'\n";

static const char load_tables[] =
    "\tdrop_tables \"$new\" || fail 'tables of that name stay'\n";

static const char load_rules[] =
    "\trules | sed -e '/^nat /d' -e '/^add [0-9]* set /d' \\\n"
    "\t    -e \"s/^add [0-9]* /&set $new /\" | name_tables\n"
    "\tipfw -q /dev/stdin <\"$work/load\" >/dev/null ||\n"
    "\t    fail 'ipfw refuses them'\n"
    "\tlook || fail 'ipfw cannot list them'\n"
    "\tholds_rules \"$new\" || fail \"listed is $difference\"\n";

static const char load_text[] =
    "\tmkdir -p \"$kept\" || fail \"there is no $kept\"\n"
    "\t{ echo \"$digest\" && grep \"^$new \" \"$work/list\"; } \\\n"
    "\t    >\"$kept/set.$new\" || fail 'their text cannot be kept'\n";

static const char load_end[] =
    "\tgenerations | grep -q \"^$new $digest\\$\" ||\n"
    "\t    fail 'nothing marks them'\n"
    "}\n"
    "\n";

static const char lifeline[] =
    "# The lifeline is in set 31, which cannot be disabled: its rules are\n"
    "# live as they come.  All get one number, 1 to 9, that is free.\n"
    "lifeline() { rules | sed -n 's/^add [0-9]* set 31 //p'; }\n"
    "\n"
    "holds_lifeline() {\n"
    "\tsed -n \"s/^31 $1 //p\" \"$work/list\" |\n"
    "\t    awk '{ print $1 }' >\"$work/a\"\n"
    "\t[ \"$(cat \"$work/a\")\" = \"$(lifeline | awk '{ print $1 }')\" ]\n"
    "}\n"
    "\n"
    "add_lifeline() {\n"
    "\tif [ -z \"$load\" ] && holds_lifeline \"$former\"; then\n"
    "\t\tnumber=$former former=''\n"
    "\t\treturn 0\n"
    "\tfi\n"
    "\tstep='find a number for the lifeline' number=1\n"
    "\twhile grep -q \"^[0-9]* $number \" \"$work/list\"; do\n"
    "\t\tnumber=$((number + 1))\n"
    "\tdone\n"
    "\t[ $number -le 9 ] || fail '1 to 9 are taken'\n"
    "\tbegin \"load the lifeline as rules $number of set 31\" || return 0\n"
    "\tnote lifeline \"$number\"\n"
    "\techo \"$former $number\" >\"$run/lifeline\" || fail 'no record'\n"
    "\tlifeline | sed \"s/^/add $number set 31 /\" | name_tables\n"
    "\tipfw -q /dev/stdin <\"$work/load\" || fail 'ipfw refuses it'\n"
    "\tlook || fail 'ipfw cannot list it'\n"
    "\tholds_lifeline \"$number\" || fail 'it is listed otherwise'\n"
    "}\n"
    "\n";

static const char former[] =
    "# The numbers of our lifeline.  More than one are of interrupted runs.\n"
    "find_former() {\n"
    "\tnumber='' mine=$(cat \"$run/lifeline\" 2>/dev/null)\n"
    "\tformer=$(awk -v mine=\" $mine \" '\n"
    "\t$1 == 31 && index(mine, \" \" $2 \" \") && !seen[$2]++ {\n"
    "\t\tlist = list sep $2\n"
    "\t\tsep = \" \"\n"
    "\t}\n"
    "\tEND { print list }' \"$work/list\")\n"
    "}\n"
    "\n"
    "drop_former() {\n"
    "\tfor n in $former; do\n"
    "\t\tbegin \"delete the former lifeline, rules $n of set 31\" ||\n"
    "\t\t    continue\n"
    "\t\tsed -n \"s/^31 $n /add $n set 31 /p\" \"$work/list\" \\\n"
    "\t\t    >\"$work/former.$n\" || fail 'it cannot be kept'\n"
    "\t\tnote former \"$n\"\n"
    "\t\tdelete_lifeline \"$n\" || fail 'it is still there'\n"
    "\tdone\n"
    "\t[ \"$dry\" ] || echo \"$number\" >\"$run/lifeline\"\n"
    "}\n"
    "\n"
    "restore_lifeline() {\n"
    "\tlook || return 1\n"
    "\tgrep -q \"^31 $1 \" \"$work/list\" ||\n"
    "\t    ipfw -q /dev/stdin <\"$work/former.$1\"\n"
    "}\n"
    "\n";

static const char delete_lifeline[] =
    "delete_lifeline() {\n"
    "\tcase $1 in [1-9]) ;; *) return 1 ;; esac\n"
    "\tlook || return 1\n";

static const char lifeline_by_set[] =
    "\t! grep -q \"^31 $1 \" \"$work/list\" || ipfw -q set 31 delete \"$1\"\n";

static const char lifeline_by_number[] =
    "\t# A number stands for the rules of all sets.\n"
    "\t! grep \"^[0-9]* $1 \" \"$work/list\" | grep -qv '^31 ' || return 1\n"
    "\t! grep -q \"^31 $1 \" \"$work/list\" || ipfw -q delete \"$1\"\n";

static const char lifeline_end[] = "\tlook || return 1\n"
				   "\t! grep -q \"^31 $1 \" \"$work/list\"\n"
				   "}\n"
				   "\n";

const struct script_part script_load[] = {
    {SCRIPT_ALWAYS, load},
    {SCRIPT_TABLES, load_tables},
    {SCRIPT_ALWAYS, load_rules},
    {SCRIPT_TEXT, load_text},
    {SCRIPT_ALWAYS, load_end},
    {SCRIPT_LIFELINE, lifeline},
    {SCRIPT_ALWAYS, former},
    {SCRIPT_ALWAYS, delete_lifeline},
    {SCRIPT_BY_SET, lifeline_by_set},
    {SCRIPT_BY_NUMBER, lifeline_by_number},
    {SCRIPT_ALWAYS, lifeline_end},
    {SCRIPT_ALWAYS, NULL},
};
